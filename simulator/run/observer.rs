//! A phone that reads the whole shop anew: what every other must hold in the end.

use super::{disk::Disk, shop};
use comptoir::{
    server::{db::Db, pull},
    sync::engine::{self, Device, Installation},
};

/// Requests of a whole reading: the shops of a run are small.
const PAGES_MAX: usize = 50;

pub async fn reads_everything(db: &Db, installation: &Installation, now_ms: i64) -> Disk {
    let session = shop::session(installation, &shop::person(0));
    let mut disk = Disk::default();
    disk.commit(&engine::enrolled(&Device::default(), installation).expect("a new phone")).expect("nothing was there");
    let (tx, epoch) = engine::new_epoch(&disk.device());
    disk.commit(&tx).expect("nobody else sends");
    let mut no_keys = || unreachable!("an observer settles nothing");
    for _ in 0..PAGES_MAX {
        let device = disk.device();
        if device.meta.held.is_some() && device.meta.loading.is_none() {
            return disk;
        }
        let request = engine::plan_pull(&device, "observer").expect("there is more to read");
        let asked = request.from.clone();
        let answer = pull::pull(db, &session, request, now_ms).await.expect("the shop is read");
        let (tx, _) = engine::on_pulled(&device, epoch, Some(&asked), &answer, &[], now_ms, &mut no_keys);
        disk.commit(&tx).expect("nobody else writes");
    }
    panic!("the shop has no end");
}
