//! The phone's camera as a scanner.

use super::Answer;
use std::rc::Rc;

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraProblem {
    /// The person, or the browser's settings, said no.
    NotAllowed,
    /// The page came over plain HTTP: browsers give a camera to those over https, or from this very machine.
    Insecure,
    Absent,
    /// Another app holds it, or it broke.
    Busy,
    /// What reads codes here is not on this phone yet, and did not come.
    Incomplete,
}

/// What is done with a code that was read, once each time it comes into sight.
pub type Told = Rc<dyn Fn(String)>;

pub trait CameraCommands {
    /// Shows what the camera sees in the `video` element of that id, and tells each code, until [`Self::close_camera`].
    /// Answers whether there is a lamp; `None` where it was closed meanwhile.
    fn open_camera(&self, video: &'static str, told: Told) -> Answer<Result<Option<bool>, CameraProblem>>;
    /// Says whether the lamp is on now.
    fn light(&self, on: bool) -> Answer<bool>;
    fn close_camera(&self);
}
