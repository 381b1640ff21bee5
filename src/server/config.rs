//! The server's settings: Leptos.toml, then the environment over it.

use super::web_push::{NoPushKey, WebPush};
use leptos::config::LeptosOptions;
use serde::Deserialize;
use std::{
    env,
    fmt::Display,
    net::SocketAddr,
    num::NonZeroU16,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

const FILE: &str = "Leptos.toml";
const PUSH_KEY: &str = "COMPTOIR_PUSH_KEY";
/// Folders above the binary that are looked into: `target/release/comptoir` lies two below the project.
const FOLDERS_ABOVE: usize = 3;
const DAY_MS: i64 = crate::domain::day::DAY_MS;

#[derive(Debug, Clone)]
pub struct Config {
    pub leptos: LeptosOptions,
    /// May hold a password: never logged.
    pub database_url: String,
    pub session_ms: i64,
    /// How long a full verdict is kept.
    pub answer_ms: i64,
    pub secure_cookies: bool,
    /// Connections open at once.
    pub connections_max: usize,
    /// The one origin pages come from, where it cannot be told from the Host header.
    pub origin: Option<String>,
    /// Where the metrics are read; nowhere if absent.
    pub metrics_addr: Option<SocketAddr>,
    /// How closed apps are told; they are not if absent.
    pub web_push: Option<Arc<WebPush>>,
    pub push_contact: Option<String>,
    pub push_hosts: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{FILE} lies neither in {0}, where this was started, nor above the program; name it with --config")]
    NotFound(PathBuf),
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("{0}: {1}")]
    Malformed(PathBuf, String),
    #[error("{name}={value} in the environment: {reason}")]
    Environment { name: &'static str, value: String, reason: String },
    #[error("the folder {0} for the database cannot be made: {1}")]
    Folder(PathBuf, std::io::Error),
}

#[derive(Deserialize)]
struct File {
    comptoir: Settings,
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    leptos: LeptosOptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Settings {
    database_url: String,
    session_days: u16,
    answer_days: u16,
    secure_cookies: bool,
    connections_max: u16,
    origin: Option<String>,
    metrics_addr: Option<SocketAddr>,
    push_contact: Option<String>,
    push_hosts: Vec<String>,
}

impl Config {
    /// Reads the file named, or the one in the working folder, or the one above the program.
    pub fn load(named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => find()?,
        };
        let text = std::fs::read_to_string(&path).map_err(|error| ConfigError::Unreadable(path.clone(), error))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut config = Self::parse(&text, &folder).map_err(|reason| ConfigError::Malformed(path, reason))?;
        config.apply_environment(|name| env::var(name).ok())?;
        Ok(config)
    }

    fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let File { comptoir: settings, package } = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut leptos = package.metadata.leptos;
        leptos.site_root = folder.join(&*leptos.site_root).to_string_lossy().into();
        if settings.session_days == 0 || settings.answer_days == 0 || settings.connections_max == 0 {
            return Err("session-days, answer-days and connections-max must be at least 1".into());
        }
        Ok(Self {
            leptos,
            database_url: relative_to(&settings.database_url, folder),
            session_ms: i64::from(settings.session_days) * DAY_MS,
            answer_ms: i64::from(settings.answer_days) * DAY_MS,
            secure_cookies: settings.secure_cookies,
            connections_max: settings.connections_max.into(),
            origin: settings.origin.map(|origin| origin.trim_end_matches('/').to_owned()),
            metrics_addr: settings.metrics_addr,
            web_push: None,
            push_contact: settings.push_contact,
            push_hosts: settings.push_hosts,
        })
    }

    /// What cargo-leptos and an operator set. Paths are relative to the working folder.
    fn apply_environment(&mut self, var: impl Fn(&'static str) -> Option<String>) -> Result<(), ConfigError> {
        let leptos = &mut self.leptos;
        let texts = [
            ("LEPTOS_OUTPUT_NAME", &mut leptos.output_name),
            ("LEPTOS_SITE_ROOT", &mut leptos.site_root),
            ("LEPTOS_SITE_PKG_DIR", &mut leptos.site_pkg_dir),
        ];
        for (name, setting) in texts {
            if let Some(value) = var(name).filter(|value| !value.is_empty()) {
                *setting = value.into();
            }
        }
        if let Some(addr) = parsed("LEPTOS_SITE_ADDR", var("LEPTOS_SITE_ADDR"))? {
            leptos.site_addr = addr;
        }
        if let Some(port) = parsed("LEPTOS_RELOAD_PORT", var("LEPTOS_RELOAD_PORT"))? {
            leptos.reload_port = port;
        }
        if let Some(hash_files) = parsed("LEPTOS_HASH_FILES", var("LEPTOS_HASH_FILES"))? {
            leptos.hash_files = hash_files;
        }
        if let Some(url) = var("DATABASE_URL").filter(|url| !url.is_empty()) {
            self.database_url = url;
        }
        self.apply_settings(&var)?;
        if let Some(hosts) = var("COMPTOIR_PUSH_HOSTS").filter(|hosts| !hosts.is_empty()) {
            self.push_hosts = hosts.split(',').map(|host| host.trim().to_owned()).collect();
        }
        let contact = var("COMPTOIR_PUSH_CONTACT").filter(|contact| !contact.is_empty());
        self.push_contact = contact.or(self.push_contact.take());
        if let Some(secret) = var(PUSH_KEY).filter(|key| !key.is_empty()) {
            // Whatever is wrong with it, its value is not said.
            let wrong = |reason: &str| ConfigError::Environment {
                name: PUSH_KEY,
                value: "…".into(),
                reason: reason.to_owned(),
            };
            let key = secret.parse().map_err(|error: NoPushKey| wrong(&error.to_string()))?;
            let contact = self.push_contact.clone().ok_or_else(|| wrong("push-contact must be set too"))?;
            self.web_push = Some(Arc::new(WebPush { key, contact, hosts: self.push_hosts.clone() }));
        }
        Ok(())
    }

    /// What an operator sets: a release brings a file of its own, which must not undo it.
    fn apply_settings(&mut self, var: &impl Fn(&'static str) -> Option<String>) -> Result<(), ConfigError> {
        let set = |name: &'static str| var(name).filter(|value| !value.is_empty());
        if let Some(days) = parsed::<NonZeroU16>("COMPTOIR_SESSION_DAYS", set("COMPTOIR_SESSION_DAYS"))? {
            self.session_ms = i64::from(days.get()) * DAY_MS;
        }
        if let Some(days) = parsed::<NonZeroU16>("COMPTOIR_ANSWER_DAYS", set("COMPTOIR_ANSWER_DAYS"))? {
            self.answer_ms = i64::from(days.get()) * DAY_MS;
        }
        if let Some(secure) = parsed("COMPTOIR_SECURE_COOKIES", set("COMPTOIR_SECURE_COOKIES"))? {
            self.secure_cookies = secure;
        }
        if let Some(most) = parsed::<NonZeroU16>("COMPTOIR_CONNECTIONS_MAX", set("COMPTOIR_CONNECTIONS_MAX"))? {
            self.connections_max = most.get().into();
        }
        if let Some(origin) = set("COMPTOIR_ORIGIN") {
            self.origin = Some(origin.trim_end_matches('/').to_owned());
        }
        if let Some(addr) = parsed("COMPTOIR_METRICS_ADDR", set("COMPTOIR_METRICS_ADDR"))? {
            self.metrics_addr = Some(addr);
        }
        Ok(())
    }

    /// Makes the folder the SQLite file goes into.
    pub fn make_database_folder(&self) -> Result<(), ConfigError> {
        let Some(folder) = sqlite_file(&self.database_url).and_then(|file| file.parent().map(Path::to_owned)) else {
            return Ok(());
        };
        std::fs::create_dir_all(&folder).map_err(|error| ConfigError::Folder(folder, error))
    }
}

fn parsed<T>(name: &'static str, value: Option<String>) -> Result<Option<T>, ConfigError>
where
    T: FromStr<Err: Display>,
{
    let parse = |value: String| match value.parse() {
        Ok(parsed) => Ok(parsed),
        Err(reason) => Err(ConfigError::Environment { name, reason: format!("{reason}"), value }),
    };
    value.map(parse).transpose()
}

fn find() -> Result<PathBuf, ConfigError> {
    let here = env::current_dir().unwrap_or_default();
    let program = env::current_exe().unwrap_or_default();
    let above = program.ancestors().skip(1).take(FOLDERS_ABOVE);
    let found = std::iter::once(here.as_path()).chain(above).map(|folder| folder.join(FILE)).find(|path| path.exists());
    found.ok_or(ConfigError::NotFound(here))
}

/// The file behind an SQLite URL; `None` for Postgres and for a database in memory.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

fn relative_to(url: &str, folder: &Path) -> String {
    match sqlite_file(url) {
        Some(file) if file.is_relative() => format!("sqlite:{}", folder.join(file).display()),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const TEXT: &str = include_str!("../../Leptos.toml");

    #[test]
    fn leptos_toml_and_cargo_toml_agree_on_what_they_share() {
        type Table = BTreeMap<String, toml::Value>;
        let read = |text: &str| -> Table {
            let whole: toml::Value = toml::from_str(text).unwrap();
            whole["package"]["metadata"]["leptos"].clone().try_into().unwrap()
        };
        let (server, cargo) = (read(TEXT), read(include_str!("../../Cargo.toml")));
        assert!(!server.is_empty());
        for (key, value) in &server {
            assert_eq!(Some(value), cargo.get(key), "{key}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_file_and_the_environment_wins() {
        let mut config = Config::parse(TEXT, Path::new("/srv/shop")).unwrap();
        assert_eq!(config.database_url, "sqlite:/srv/shop/data/comptoir.db");
        assert_eq!(&*config.leptos.site_root, "/srv/shop/target/site");
        let set = |name: &str| match name {
            "DATABASE_URL" => Some("postgres://db/shop".to_owned()),
            "LEPTOS_SITE_ADDR" => Some("0.0.0.0:80".to_owned()),
            _ => None,
        };
        config.apply_environment(set).unwrap();
        assert_eq!(config.database_url, "postgres://db/shop");
        assert_eq!(config.leptos.site_addr.to_string(), "0.0.0.0:80");
        assert!(config.apply_environment(|name| (name == "LEPTOS_SITE_ADDR").then(|| "x".into())).is_err());
    }

    #[test]
    fn what_an_operator_sets_in_the_environment_outlives_the_file() {
        let mut config = Config::parse(TEXT, Path::new("")).unwrap();
        let set = |name: &str| {
            let value = match name {
                "COMPTOIR_SECURE_COOKIES" => "true",
                "COMPTOIR_ORIGIN" => "https://shop.example/",
                "COMPTOIR_SESSION_DAYS" | "COMPTOIR_ANSWER_DAYS" => "7",
                "COMPTOIR_CONNECTIONS_MAX" => "50",
                _ => return None,
            };
            Some(value.to_owned())
        };
        config.apply_environment(set).unwrap();
        assert!(config.secure_cookies);
        assert_eq!(config.origin.as_deref(), Some("https://shop.example"));
        assert_eq!((config.session_ms, config.answer_ms, config.connections_max), (7 * DAY_MS, 7 * DAY_MS, 50));
        for (name, value) in [("COMPTOIR_SECURE_COOKIES", "yes"), ("COMPTOIR_SESSION_DAYS", "0")] {
            let said = config.apply_environment(|of| (of == name).then(|| value.into())).unwrap_err().to_string();
            assert!(said.starts_with(&format!("{name}={value} in the environment: ")), "{said}");
        }
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(Config::parse(&TEXT.replace("session-days", "sesion-days"), Path::new("")).is_err());
    }

    #[test]
    fn metrics_are_read_nowhere_unless_an_address_is_set() {
        let mut config = Config::parse(TEXT, Path::new("")).unwrap();
        assert_eq!(config.metrics_addr, None);
        let set = |value: &'static str| move |name: &str| (name == "COMPTOIR_METRICS_ADDR").then(|| value.to_owned());
        config.apply_environment(set("127.0.0.1:9465")).unwrap();
        assert_eq!(config.metrics_addr, Some(([127, 0, 0, 1], 9465).into()));
        let said = config.apply_environment(set("localhost")).unwrap_err().to_string();
        assert_eq!(said, "COMPTOIR_METRICS_ADDR=localhost in the environment: invalid socket address syntax");

        let uncommented = TEXT.replace("# metrics-addr", "metrics-addr");
        let config = Config::parse(&uncommented, Path::new("")).unwrap();
        assert_eq!(config.metrics_addr, Some(([127, 0, 0, 1], 9464).into()));
        let said = Config::parse(&uncommented.replace("127.0.0.1:9464", "localhost"), Path::new("")).unwrap_err();
        assert!(said.contains("metrics-addr = \"localhost\"") && said.contains("invalid socket address"), "{said}");
    }

    #[test]
    fn sqlite_urls_name_files() {
        assert_eq!(sqlite_file("sqlite:a/b.db"), Some("a/b.db".into()));
        assert_eq!(sqlite_file("sqlite:///a/b.db?mode=rwc"), Some("/a/b.db".into()));
        assert_eq!(sqlite_file("sqlite::memory:"), None);
        assert_eq!(sqlite_file("postgres://x/y"), None);
    }
}
