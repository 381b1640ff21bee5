//! Parts of the page: files of WebAssembly of their own, fetched when a function in them is first called.

pub use leptos::wasm_split::SplitLoaderError;

/// A function of a part. Whoever calls it awaits its part, which may not come: `Err`.
///
/// In the crate's own tests there are no parts. Only what the linker is told to keep stays there, and a part that asks for
/// another would ask a browser for a module that nobody made.
macro_rules! part {
    ($part:ident: $(#[$about:meta])* $vis:vis fn $name:ident($($of:ident: $type:ty),* $(,)?) -> $answer:ty $body:block) => {
        #[cfg(not(test))]
        $(#[$about])*
        #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
        $vis fn $name($($of: $type),*) -> Result<$answer, $crate::part::SplitLoaderError> {
            Ok($body)
        }

        #[cfg(test)]
        $(#[$about])*
        $vis async fn $name($($of: $type),*) -> Result<$answer, $crate::part::SplitLoaderError> {
            Ok($body)
        }
    };
}
pub(crate) use part;

/// Room for whoever splits the file. Each part's data is laid out anew, with what alignment costs; where that is more than
/// it was, all of it, every part's, goes into the file of a first visit, 40 kB of it (wasm_split_cli_support 0.2.3, where
/// it emits data). This belongs to no part, so it is left out.
#[cfg(target_arch = "wasm32")]
#[used]
static ROOM: [u8; 4_096] = [1; 4_096];
