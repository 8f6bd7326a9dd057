//! What the running process denies itself, seen from outside.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may stop"
)]

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use sfjwt_tests::{Running, World, binary, until};

/// `sfjwt` waiting for an assertion on stdin. It has hardened itself long before it reads.
fn waiting(command: &mut Command) -> Running {
    let process = Running::start(command);
    until("it has no new privileges", || {
        process.status_field("NoNewPrivs").as_deref() == Some("1")
    });
    until("it waits for its stdin", || {
        process
            .status_field("State")
            .is_some_and(|state| state.starts_with('S'))
    });
    process
}

fn exchange(world: &World) -> Running {
    waiting(&mut world.command(["token", "--assertion", "-"]))
}

#[test]
fn it_can_gain_no_privileges() {
    let world = World::new();
    let process = exchange(&world);
    assert_eq!(process.status_field("NoNewPrivs").as_deref(), Some("1"));
    process.end();
}

#[test]
fn its_new_files_are_its_owners_only() {
    let world = World::new();
    let process = exchange(&world);
    assert_eq!(process.status_field("Umask").as_deref(), Some("0077"));
    process.end();
}

#[test]
fn it_leaves_no_core_file() {
    let world = World::new();
    let process = exchange(&world);
    let limits = fs::read_to_string(format!("/proc/{}/limits", process.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let [.., soft, hard, _unit] = &core.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("{core}");
    };
    assert_eq!((*soft, *hard), ("0", "0"));
    process.end();
}

/// The files in `/proc/PID` of a process that cannot be dumped or attached to belong to root,
/// whoever runs it (proc(5)).
#[test]
fn its_memory_cannot_be_dumped_or_attached_to() {
    let world = World::new();
    let arguments = ["token", "--assertion", "-"];
    let hardened = waiting(&mut by_another_user(&world, &binary("sfjwt"), &arguments));
    assert_eq!(owner_of_memory(&hardened), 0);
    hardened.end();

    let ordinary = Running::start(&mut by_another_user(&world, Path::new("/bin/cat"), &[]));
    until("it is another user's", || owner_of_memory(&ordinary) != 0);
    ordinary.end();
}

fn owner_of_memory(process: &Running) -> u32 {
    let memory = format!("/proc/{}/environ", process.id());
    fs::metadata(memory).unwrap().uid()
}

/// A command that `nobody` runs if this test is run by root, whose processes prove nothing here.
fn by_another_user(world: &World, program: &Path, arguments: &[&str]) -> Command {
    const NOBODY: u32 = 65_534;
    const EVERYBODY: u32 = 0o755;
    // A copy, since the target folder may be out of reach for others.
    let copy = world.path("").join(program.file_name().unwrap());
    fs::copy(program, &copy).unwrap();
    for path in [world.path(""), copy.clone()] {
        fs::set_permissions(path, fs::Permissions::from_mode(EVERYBODY)).unwrap();
    }
    let mut command = Command::new(copy);
    command.args(arguments).env_clear().env("HOME", "/");
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
