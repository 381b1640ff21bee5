//! The camera of this page.

use super::Page;
use crate::device::handle::{Answer, CameraCommands, CameraProblem, Told};

impl CameraCommands for Page {
    fn open_camera(&self, video: &'static str, told: Told) -> Answer<Result<Option<bool>, CameraProblem>> {
        Box::pin(self.0.camera.clone().open(video, told))
    }

    fn light(&self, on: bool) -> Answer<bool> {
        let camera = self.0.camera.clone();
        Box::pin(async move { camera.light(on).await })
    }

    fn close_camera(&self) {
        self.0.camera.close();
    }
}
