//! What this process denies itself before it touches a key.

use std::io;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit};

use crate::failure::{Exit, Failure};

/// Memory that cannot be dumped or attached to, no core file, no new privileges through a setuid
/// program, and new files for their owner only.
pub(crate) fn harden() -> Result<(), Failure> {
    deny().map_err(|error| {
        Failure::new(
            Exit::Operator,
            format!("this process could not protect its memory: {error}"),
            "allow the system calls prctl and setrlimit in the sandbox that runs sfjwt",
        )
    })
}

fn deny() -> io::Result<()> {
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    rustix::thread::set_no_new_privs(true)?;
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    rustix::process::setrlimit(Resource::Core, nothing)?;
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_dump_this_process_or_raise_it_or_read_its_new_files() {
        harden().unwrap();
        let dumpable = rustix::process::dumpable_behavior().unwrap();
        assert_eq!(dumpable, DumpableBehavior::NotDumpable);
        assert!(rustix::thread::no_new_privs().unwrap());
        let core = rustix::process::getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
        let before = rustix::process::umask(Mode::RWXG | Mode::RWXO);
        assert_eq!(before, Mode::RWXG | Mode::RWXO);
    }
}
