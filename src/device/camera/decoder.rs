//! Reads codes where the browser does not. A part of the page of its own: most phones never fetch it.

use leptos::wasm_split::{SplitLoaderError, wasm_split};
use rxing::{
    BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader,
    common::GlobalHistogramBinarizer,
    oned::{Code128Reader, MultiFormatUPCEANReader},
};

/// A code on goods in a picture of `width` × `height` bytes of brightness, however it is turned.
#[wasm_split(decoder, wasm_split_path = leptos::wasm_split, fallible)]
pub fn decode(luma: Vec<u8>, width: u32, height: u32) -> Result<Option<String>, SplitLoaderError> {
    Ok(find(luma, width, height))
}

fn find(luma: Vec<u8>, width: u32, height: u32) -> Option<String> {
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let source = Luma8LuminanceSource::new(luma, width, height).ok()?;
    let mut bitmap = BinaryBitmap::new(GlobalHistogramBinarizer::new(source));
    let found = MultiFormatUPCEANReader::new(&hints).decode_with_hints(&mut bitmap, &hints);
    let found = found.or_else(|_| Code128Reader.decode_with_hints(&mut bitmap, &hints));
    Some(found.ok()?.getText().to_owned())
}
