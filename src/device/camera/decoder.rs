//! Reads codes where the browser does not. A part of the page of its own: most phones never fetch it.

use crate::part::part;
use rxing::{
    BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader,
    common::GlobalHistogramBinarizer,
    oned::{Code128Reader, MultiFormatUPCEANReader},
};

part! {
    decoder: pub fn decode(luma: Vec<u8>, width: u32, height: u32) -> Option<String> {
        find(luma, width, height)
    }
}

/// A code on goods in a picture of `width` × `height` bytes of brightness, however it is turned.
fn find(luma: Vec<u8>, width: u32, height: u32) -> Option<String> {
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let source = Luma8LuminanceSource::new(luma, width, height).ok()?;
    let mut bitmap = BinaryBitmap::new(GlobalHistogramBinarizer::new(source));
    let found = MultiFormatUPCEANReader::new(&hints).decode_with_hints(&mut bitmap, &hints);
    let found = found.or_else(|_| Code128Reader.decode_with_hints(&mut bitmap, &hints));
    Some(found.ok()?.getText().to_owned())
}
