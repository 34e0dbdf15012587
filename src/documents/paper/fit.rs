//! Whether a picture can be printed: told by what it declares, before anything unpacks it.

use thiserror::Error;

/// The longest side, in pixels: more than any print needs.
const SIDE: usize = 8_000;
/// The most pixels: a page at 400 dots to the inch. A file of a few bytes may declare as many as
/// it likes, and each takes up to eight bytes once it is unpacked.
const PIXELS: usize = 20_000_000;

/// Why a picture cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unfit {
    /// It is none, or damaged.
    #[error("无法识别这张图片，可能已经损坏，请重新导出后上传")]
    Broken,
    /// It declares more than anybody prints.
    #[error("图片的边长不能超过8000像素，总像素不能超过2000万，请缩小后上传")]
    TooLarge,
}

/// How wide and how high a picture declares to be.
///
/// # Errors
///
/// [`Unfit`].
pub fn measure(content: &[u8]) -> Result<(u32, u32), Unfit> {
    let size = imagesize::blob_size(content).map_err(|_| Unfit::Broken)?;
    if size.width.min(size.height) == 0 {
        return Err(Unfit::Broken);
    }
    if size.width.max(size.height) > SIDE || size.width.saturating_mul(size.height) > PIXELS {
        return Err(Unfit::TooLarge);
    }
    let pixels = |side: usize| u32::try_from(side).map_err(|_| Unfit::TooLarge);
    Ok((pixels(size.width)?, pixels(size.height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG that declares this size and holds nothing.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(b"\0\0\0\0IEND\xaeB`\x82");
        bytes
    }

    #[test]
    fn a_picture_that_declares_too_much_is_refused_unread() {
        for (width, height) in [(50_000, 50_000), (8_001, 1), (8_000, 8_000), (u32::MAX, 2)] {
            assert_eq!(measure(&png(width, height)), Err(Unfit::TooLarge), "{width}×{height}");
        }
        assert_eq!(measure(&png(5_000, 4_000)), Ok((5_000, 4_000)));
        assert_eq!(measure(&png(0, 9)), Err(Unfit::Broken));
        assert_eq!(measure(b"no picture"), Err(Unfit::Broken));
    }
}
