//! A run in a process of its own, to be killed, starved or measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Scene;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_offrecord");

/// What a run by the program needs, in one folder.
pub(crate) struct Program {
    pub(crate) scene: Scene,
    pub(crate) input: PathBuf,
}

impl Program {
    /// A folder with `policy.toml`, `register.csv` and `key`.
    pub(crate) fn new(policy: &str, input: &[u8]) -> Self {
        let scene = Scene::new();
        scene.write("policy.toml", policy);
        let digits: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
        let key = scene.write("key", format!("offrecord-key-1:{digits}\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        drop(key);
        let input = scene.write("register.csv", input);
        Self { scene, input }
    }

    /// `offrecord run` into `out`, ready to be started; it says nothing.
    pub(crate) fn command(&self, out: &Path) -> Command {
        let mut command = Command::new(PROGRAM);
        self.arguments(&mut command, out);
        command
    }

    /// The same by a shell that sets a limit first.
    pub(crate) fn limited(&self, limit: &str, out: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{limit} && exec \"$@\""), "sh", PROGRAM]);
        self.arguments(&mut command, out);
        command
    }

    fn arguments(&self, command: &mut Command, out: &Path) {
        command
            .arg("run")
            .arg(self.scene.path("policy.toml"))
            .arg(&self.input)
            .arg("--key")
            .arg(self.scene.path("key"))
            .arg("--out")
            .arg(out)
            .args(["--threads", "2", "--no-house-rules", "--quiet"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
    }
}
