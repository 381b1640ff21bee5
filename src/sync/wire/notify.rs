//! Telling a phone whose app is closed (Web Push).

use crate::domain::InstallationId;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyRequest {
    pub protocol: u32,
    pub installation: InstallationId,
    pub wish: NotifyWish,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotifyWish {
    /// The key to subscribe with, if this server sends at all.
    Key,
    Begin(Subscription),
    End,
}

/// As a browser's `PushSubscription` says it; the keys are in URL-safe Base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyAnswer {
    /// The server's public key, URL-safe Base64; absent where it sends nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}
