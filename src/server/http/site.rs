//! The site folder that cargo-leptos builds: which files a page is made of, and what the service worker keeps of it.

use leptos::{
    config::LeptosOptions,
    prelude::{Owner, RenderHtml},
    view,
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Files in the service worker's list.
const FILES_MAX: usize = 500;
/// The part that every page starts with. The others are loaded when somebody wants them.
const STARTED: &str = "device";
/// Folders within folders that are looked into.
const DEPTH_MAX: usize = 6;

#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("the site folder {0} is not there; build it with `make build`, or set LEPTOS_SITE_ROOT")]
    NoFolder(PathBuf),
    #[error("{0} is not there; it says how the built files are named, and must lie beside the program")]
    NoHashes(PathBuf),
    #[error("{0} is not in the site folder: program and site folder are of two different builds")]
    NoFile(String),
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    #[error("the site folder {0} holds more than {FILES_MAX} files for the service worker to keep")]
    TooMany(PathBuf),
}

/// What is made of the site folder once, when the server starts.
#[derive(Debug)]
pub struct Site {
    pub root: PathBuf,
    /// Where built files lie, as in `/pkg/`.
    pub pkg: String,
    /// Changes with every file a page is made of.
    pub version: String,
    pub service_worker: String,
    pub app_shell: String,
    pub app_shell_script: String,
}

impl Site {
    pub fn read(options: &LeptosOptions) -> Result<Self, SiteError> {
        let root = PathBuf::from(&*options.site_root);
        if !root.is_dir() {
            return Err(SiteError::NoFolder(root));
        }
        let pkg = options.site_pkg_dir_route_base();
        let built = Built::read(options, &root, &pkg)?;
        let app_shell = Owner::new().with(|| {
            // Its own file, the last; to ask for the ten small ones it shares takes longer than it saves.
            let started = built.parts.get(STARTED).and_then(|files| files.last());
            let wasm = [&built.wasm].into_iter().chain(started).cloned().collect();
            let scripts = vec![built.js.clone(), built.loader.clone()];
            let shell = crate::app::app_shell(options.clone(), scripts, wasm);
            view! { {shell} }.to_html()
        });
        let app_shell_script = format!(
            "import start, {{ hydrate }} from \"{}\";\nawait start({{ module_or_path: \"{}\" }});\nhydrate();\n",
            built.js, built.wasm
        );
        let mut fresh: BTreeMap<String, Vec<u8>> = BTreeMap::from([
            ("/app-shell".to_owned(), app_shell.clone().into()),
            ("/app-shell.js".to_owned(), app_shell_script.clone().into()),
        ]);
        let mut hashed = Vec::new();
        for path in files(&root)? {
            if built.is_of_another_build(&path) {
                continue;
            }
            if is_hashed(&path) {
                hashed.push(path);
            } else {
                let file = root.join(path.trim_start_matches('/'));
                let content = fs::read(&file).map_err(|error| SiteError::Io(file, error))?;
                fresh.insert(path, content);
            }
        }
        let version = version(&hashed, &fresh);
        let service_worker = include_str!("service_worker.js")
            .replace("__VERSION__", &version)
            .replace("__HASHED__", &list(hashed.iter()))
            .replace("__FRESH__", &list(fresh.keys()));
        Ok(Self { root, pkg, version, service_worker, app_shell, app_shell_script })
    }
}

/// The files of this build, as addresses.
struct Built {
    pkg: String,
    js: String,
    wasm: String,
    css: String,
    /// Loads the parts.
    loader: String,
    /// What `wasm_split` puts into files of its own, by the name of the part.
    parts: BTreeMap<String, Vec<String>>,
}

impl Built {
    fn read(options: &LeptosOptions, root: &Path, pkg: &str) -> Result<Self, SiteError> {
        let name = &options.output_name;
        let named = |hash: Option<&str>, end: &str| match hash {
            Some(hash) => format!("{pkg}{name}.{hash}.{end}"),
            None => format!("{pkg}{name}.{end}"),
        };
        let hashes = if options.hash_files { read_hashes(options)? } else { BTreeMap::new() };
        let of = |end: &str| named(hashes.get(end).map(String::as_str), end);
        let mut wasm = of("wasm");
        if !options.hash_files && !exists(root, &wasm) {
            wasm = format!("{pkg}{name}_bg.wasm");
        }
        let split = |hash: Option<&String>, end: &str| match hash {
            Some(hash) => format!("{pkg}__wasm_split{}{hash}.{end}", if end == "js" { "." } else { "_manifest." }),
            None if end == "js" => format!("{pkg}__wasm_split.______________________.js"),
            None => format!("{pkg}__wasm_split_manifest.json"),
        };
        let loader = split(hashes.get("split"), "js");
        let parts = read_parts(root, pkg, &split(hashes.get("manifest"), "json"))?;
        let built = Self { pkg: pkg.to_owned(), js: of("js"), wasm, css: of("css"), loader, parts };
        let missing = built.files().find(|path| !exists(root, path)).cloned();
        match missing {
            Some(missing) => Err(SiteError::NoFile(missing)),
            None => Ok(built),
        }
    }

    fn files(&self) -> impl Iterator<Item = &String> {
        [&self.js, &self.wasm, &self.css, &self.loader].into_iter().chain(self.parts.values().flatten())
    }

    /// Older builds stay in the folder for the pages that still use them, and out of the list.
    fn is_of_another_build(&self, path: &str) -> bool {
        let built = path.strip_prefix(&self.pkg).is_some_and(|name| !name.contains('/'));
        built && !self.files().any(|of_this| of_this == path)
    }
}

fn exists(root: &Path, path: &str) -> bool {
    root.join(path.trim_start_matches('/')).is_file()
}

/// The hashes in the names of built files, from the file that Leptos itself reads, at the place where it looks.
fn read_hashes(options: &LeptosOptions) -> Result<BTreeMap<String, String>, SiteError> {
    let program = std::env::current_exe().unwrap_or_default();
    let path = program.parent().unwrap_or(Path::new("")).join(&*options.hash_file);
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SiteError::NoHashes(path.clone()),
        _ => SiteError::Io(path.clone(), error),
    })?;
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    Ok(pairs.map(|(file, hash)| (file.trim().to_owned(), hash.trim().to_owned())).collect())
}

/// Addresses of the files that a manifest of `wasm_split` names: each part with the files it is made of.
fn read_parts(root: &Path, pkg: &str, manifest: &str) -> Result<BTreeMap<String, Vec<String>>, SiteError> {
    let file = root.join(manifest.trim_start_matches('/'));
    let text = fs::read_to_string(&file).map_err(|_| SiteError::NoFile(manifest.to_owned()))?;
    let mut parts: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&text).map_err(|error| SiteError::Io(file, error.into()))?;
    for name in parts.values_mut().flatten() {
        *name = format!("{pkg}{name}.wasm");
    }
    Ok(parts)
}

/// Addresses of the files a page may need, in order.
fn files(root: &Path) -> Result<Vec<String>, SiteError> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new(), 0)];
    while let Some((folder, address, depth)) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| SiteError::Io(folder.clone(), error))?;
        for entry in entries {
            let entry = entry.map_err(|error| SiteError::Io(folder.clone(), error))?;
            let kind = entry.file_type().map_err(|error| SiteError::Io(entry.path(), error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{address}/{name}");
            if kind.is_dir() && depth < DEPTH_MAX {
                folders.push((entry.path(), path, depth + 1));
            } else if kind.is_file() && is_of_a_page(&name) {
                found.push(path);
            }
        }
        if found.len() > FILES_MAX {
            return Err(SiteError::TooMany(root.to_owned()));
        }
    }
    found.sort();
    Ok(found)
}

fn is_of_a_page(name: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end).unwrap_or_default();
    !name.starts_with('.') && matches!(end, "css" | "ico" | "js" | "png" | "svg" | "wasm" | "webmanifest" | "woff2")
}

/// Whether a file's name changes with its content: a part of 16 or more characters between two dots, as cargo-leptos
/// names files. Not so a script: it names other files, and is itself named before their names are in it.
pub fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.ends_with(".js") {
        return false;
    }
    let parts: Vec<&str> = name.split('.').collect();
    let is_hash = |part: &&str| {
        part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    parts.len() >= 3 && parts.get(1..parts.len() - 1).unwrap_or_default().iter().any(is_hash)
}

fn version(hashed: &[String], fresh: &BTreeMap<String, Vec<u8>>) -> String {
    let mut all = String::from(include_str!("service_worker.js"));
    all.extend(hashed.iter().flat_map(|path| [path.as_str(), "\n"]));
    for (path, content) in fresh {
        all.extend([path, "\n", &super::super::secret::to_hex(&super::super::secret::hash(content)), "\n"]);
    }
    let mut version = super::super::secret::to_hex(&super::super::secret::hash(all.as_bytes()));
    version.truncate(16);
    version
}

fn list<'a>(paths: impl Iterator<Item = &'a String>) -> String {
    // Paths are JSON strings; those serialise always.
    let quoted: Vec<String> = paths.map(|path| serde_json::Value::from(path.as_str()).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[&str]) -> (tempfile::TempDir, LeptosOptions) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("pkg")).unwrap();
        for file in files {
            fs::write(folder.path().join(file), *file).unwrap();
        }
        fs::write(folder.path().join(MANIFEST), r#"{"device":["shared","device"],"dashboard":["shared","dashboard"]}"#)
            .unwrap();
        let root = folder.path().to_string_lossy().into_owned();
        (folder, LeptosOptions::builder().output_name("comptoir").site_root(root).build())
    }

    const LOADER: &str = "pkg/__wasm_split.______________________.js";
    const MANIFEST: &str = "pkg/__wasm_split_manifest.json";
    const BUILD: [&str; 7] = [
        "pkg/comptoir.js",
        "pkg/comptoir.wasm",
        LOADER,
        "pkg/shared.wasm",
        "pkg/device.wasm",
        "pkg/dashboard.wasm",
        "pkg/comptoir.css",
    ];

    #[test]
    fn hashed_names_are_told_from_others() {
        assert!(is_hashed("/pkg/comptoir.ILjKQ3dNWs3k8hjPXhdqIw.wasm"));
        for plain in ["/pkg/comptoir.wasm", "/sw.js", "/icon.svg", "/a.b.js", "/a.ILjKQ3dNWs3k8hjPXhdqIw.js", ""] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn the_worker_lists_this_build_and_its_version_follows_every_file() {
        let (folder, options) = site(&BUILD);
        fs::write(folder.path().join("icon.svg"), "one").unwrap();
        for older in ["comptoir.AAAAAAAAAAAAAAAAAAAAAA.js", "old-part.AAAAAAAAAAAAAAAAAAAAAA.wasm"] {
            fs::write(folder.path().join("pkg").join(older), "older").unwrap();
        }
        fs::write(folder.path().join("pkg/comptoir.js.br"), "packed").unwrap();
        let first = Site::read(&options).unwrap();
        let worker = &first.service_worker;
        assert!(!worker.contains("__VERSION__") && worker.contains(&format!("comptoir-{}", first.version)));
        assert!(BUILD.iter().all(|file| worker.contains(&format!("\"/{file}\""))));
        assert!(worker.contains("\"/icon.svg\""));
        assert!(!worker.contains("AAAA") && !worker.contains(".br"));
        fs::write(folder.path().join("icon.svg"), "two").unwrap();
        assert_ne!(Site::read(&options).unwrap().version, first.version);
    }

    #[test]
    fn the_app_shell_has_one_inline_script_and_no_screen() {
        let (_folder, options) = site(&BUILD);
        let site = Site::read(&options).unwrap();
        assert!(site.app_shell.starts_with("<!DOCTYPE html>"), "{}", site.app_shell);
        let inline = format!("<script>{}</script>", crate::app::early());
        assert!(site.app_shell.contains(&inline) && site.app_shell.matches("<script").count() == 2);
        assert!(site.app_shell.contains("<script type=\"module\" src=\"/app-shell.js\"></script>"));
        assert!(site.app_shell.contains("<body data-shell") && site.app_shell.contains("/pkg/comptoir.css"));
        // What a page starts with is asked for at once; what somebody may want later is not.
        assert!(site.app_shell.contains("/pkg/device.wasm"));
        assert!(!site.app_shell.contains("dashboard") && !site.app_shell.contains("shared"));
        assert!(site.app_shell_script.contains("from \"/pkg/comptoir.js\""));
    }

    #[test]
    fn what_is_missing_is_said() {
        let (_folder, options) = site(&BUILD[..6]);
        assert!(matches!(Site::read(&options), Err(SiteError::NoFile(name)) if name == "/pkg/comptoir.css"));
        let mut hashed = options.clone();
        hashed.hash_files = true;
        assert!(matches!(Site::read(&hashed), Err(SiteError::NoHashes(_))));
        let mut nowhere = options;
        nowhere.site_root = "/nowhere/at/all".into();
        assert!(matches!(Site::read(&nowhere), Err(SiteError::NoFolder(_))));
    }
}
