//! Identifiers. All but [`Key`] are UUIDv7, made on the device, so that a device can name things offline and ids sort
//! by the time they were made.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    ShopId,
    UserId,
    /// One browser's copy of the app in one shop.
    InstallationId,
    ProductId,
    SaleId,
    ExpenseId,
    RepaymentId,
    /// The idempotency key (UUID v4) of one mutation, made when it is queued and never changed.
    Key,
}
