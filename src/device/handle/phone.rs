//! How this phone looks, and who may look at it. Kept on it alone.

use super::{Answer, SignInError};
use crate::domain::{Pin, UserId};

/// The colours of the browser's own bar above the app: those of the screens' heads.
pub const BAR_LIGHT: &str = "#ffffff";
pub const BAR_DARK: &str = "#1a1b1f";

/// Light is made for the sun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the phone's own settings are.
    #[default]
    System,
    Light,
    Dark,
}

/// What the interface is said in on this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    French,
    English,
}

impl Language {
    /// BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Language::French => "fr",
            Language::English => "en",
        }
    }
}

/// How the app becomes one of its own on this phone, beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Install {
    /// Not looked at yet.
    #[default]
    Unknown,
    /// It runs as one.
    Done,
    /// It has just become one.
    Thanks,
    /// The browser offers it. `put_off`: somebody said no, and is not asked again.
    Offered { put_off: bool },
    /// From Safari's menu of sharing.
    Share,
    /// From the browser's menu.
    Menu,
    /// From no page over plain HTTP.
    Insecure,
}

pub trait PhoneCommands {
    /// Takes the browser's offer to install the app: the person is asked by the browser.
    fn install(&self);
    /// Accueil is not to offer it any more.
    fn put_off_install(&self);
    /// Nothing is shown any more but who may unlock it. The cart stays, and what waits is sent.
    fn lock(&self);
    /// Whoever is at the phone is recognised without the server; somebody else takes over, as by signing in.
    fn unlock(&self, person: UserId, pin: Pin) -> Answer<Result<(), SignInError>>;
}
