//! What an owner does about the shop's phones.

use super::{
    ServerError, counter,
    db::{Db, Tx, execute},
    enrol,
    session::Session,
};
use crate::{
    domain::{InstallationId, Label, ShopId},
    sync::{
        CallError,
        wire::{DeviceAct, DeviceAnswer, DeviceRequest, NewCode, PAGE_MAX_CHARS, Qr},
    },
};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Squares left white around a QR code, as its standard wants.
const QUIET: i32 = 4;

/// Carries it out, for an owner on a phone that was not revoked.
pub async fn answer(
    db: &Db,
    session: &Session,
    request: DeviceRequest,
    now_ms: i64,
) -> Result<DeviceAnswer, ServerError> {
    session.owner_on(request.protocol, request.installation)?;
    let code = match request.act {
        DeviceAct::Code { holds_costs, page } => {
            may_be_a_page(page.as_deref())?;
            let code = enrol::create_code(db, session.shop, holds_costs, now_ms).await?;
            // In the fragment, which no browser sends: so a code is in no server's log.
            let qr = page.and_then(|page| draw(&format!("{page}#code={code}")));
            Some(NewCode { code, ends_ms: now_ms + enrol::CODE_LIFE_MS, qr })
        }
        DeviceAct::Rename { device, name } => {
            rename(db, session.shop, device, &name).await?;
            None
        }
        DeviceAct::Costs { device, holds_costs } => {
            give_costs(db, session.shop, device, holds_costs).await?;
            None
        }
        // Whoever asks would be the first to be locked out.
        DeviceAct::Revoke { device } if device == session.installation => return Err(CallError::NotAllowed.into()),
        DeviceAct::Revoke { device } => {
            enrol::revoke(db, session.shop, device, now_ms).await?;
            None
        }
    };
    Ok(DeviceAnswer { server_now_ms: now_ms, code })
}

async fn rename(db: &Db, shop: ShopId, device: InstallationId, name: &Label) -> Result<(), ServerError> {
    let mut tx = db.write().await?;
    let change = counter::take(&mut tx, shop, 1).await?;
    let found = execute!(
        &mut tx,
        "UPDATE installations SET name = $3, change = $4 WHERE shop_id = $1 AND id = $2",
        shop.0,
        device.0,
        name.as_str(),
        change
    )?;
    one(tx, found).await
}

/// The phone hears of it as of any change, and reads the shop anew: with purchase prices, or without.
async fn give_costs(db: &Db, shop: ShopId, device: InstallationId, holds_costs: bool) -> Result<(), ServerError> {
    let mut tx = db.write().await?;
    let change = counter::take(&mut tx, shop, 1).await?;
    let found = execute!(
        &mut tx,
        "UPDATE installations SET holds_costs = $3, change = $4 WHERE shop_id = $1 AND id = $2",
        shop.0,
        device.0,
        holds_costs,
        change
    )?;
    one(tx, found).await
}

/// Commits what was done to one phone of the shop.
async fn one(tx: Tx, found: u64) -> Result<(), ServerError> {
    if found == 0 {
        return Err(CallError::NotAllowed.into());
    }
    Ok(tx.commit().await?)
}

fn may_be_a_page(page: Option<&str>) -> Result<(), CallError> {
    let Some(page) = page else { return Ok(()) };
    let plain = page.len() <= PAGE_MAX_CHARS && page.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    match plain && (page.starts_with("https://") || page.starts_with("http://")) {
        true => Ok(()),
        false => {
            Err(CallError::bad_request("a page is an address of at most 200 plain characters, without a fragment"))
        }
    }
}

/// Each row's runs of dark squares.
pub fn draw(text: &str) -> Option<Qr> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET).ok()?;
            }
            x += run + 1;
        }
    }
    Some(Qr { side: code.size().unsigned_abs() + 2 * QUIET.unsigned_abs(), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drawn back from its path, every square is the code's.
    #[test]
    fn a_drawn_code_is_the_code() {
        let text = "https://boutique.example/connexion#code=123456";
        let (code, qr) = (QrCode::encode_text(text, QrCodeEcc::Medium).unwrap(), draw(text).unwrap());
        assert_eq!(qr.side as i32, code.size() + 8);
        let mut dark = std::collections::BTreeSet::new();
        for run in qr.path.split('M').skip(1) {
            let (from, rest) = run.split_once('h').unwrap();
            let (x, y) = from.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            dark.extend((x..x + length).map(|x| (x - QUIET, y - QUIET)));
        }
        for (x, y) in (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))) {
            assert_eq!(dark.contains(&(x, y)), code.get_module(x, y), "{x} {y}");
        }
    }

    #[test]
    fn a_page_is_a_plain_address() {
        for page in ["https://boutique.example/connexion", "http://127.0.0.1:3000/connexion"] {
            assert_eq!(may_be_a_page(Some(page)), Ok(()));
        }
        let long = format!("https://{}", "a".repeat(PAGE_MAX_CHARS));
        for page in ["", "javascript:alert(1)", "https://a b", "https://a#b", "https://é", long.as_str()] {
            assert!(may_be_a_page(Some(page)).is_err(), "{page}");
        }
    }
}
