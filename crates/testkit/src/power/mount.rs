//! The disk as the kernel sees it.

use std::{
    ffi::OsStr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use fuser::{
    BsdFileFlags, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, LockOwner, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory,
    ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use parking_lot::Mutex;

use super::{
    content::{Attributes, Bytes, Content, Names, Node},
    medium::Medium,
};

/// Nobody changes the disk but through the kernel, so what it knows stays true.
const FOR_LONG: Duration = Duration::from_hours(24);
const BLOCK: u32 = 4_096;

pub(super) struct Mounted(pub(super) Arc<Mutex<Medium>>);

fn attributes(medium: &Medium, number: u64) -> Result<FileAttr, Errno> {
    let node = medium.node(number)?;
    let (kind, size) = match &node.content {
        Content::File(bytes) => (FileType::RegularFile, bytes.now.len() as u64),
        Content::Folder(_) => (FileType::Directory, 0),
    };
    let never = SystemTime::UNIX_EPOCH;
    Ok(FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: never,
        mtime: never,
        ctime: never,
        crtime: never,
        kind,
        perm: node.attributes.mode,
        nlink: 1,
        uid: node.attributes.uid,
        gid: node.attributes.gid,
        rdev: 0,
        blksize: BLOCK,
        flags: 0,
    })
}

fn new_node(request: &Request, mode: u32, content: Content) -> Node {
    let mode = u16::try_from(mode & 0o7777).unwrap_or_default();
    Node { attributes: Attributes { mode, uid: request.uid(), gid: request.gid() }, content }
}

fn answer(reply: ReplyEmpty, result: Result<(), Errno>) {
    match result {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

fn answer_entry(reply: ReplyEntry, result: Result<FileAttr, Errno>) {
    match result {
        Ok(found) => reply.entry(&FOR_LONG, &found, Generation(0)),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for Mounted {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let mut medium = self.0.lock();
        let found = medium.find(parent.0, name).and_then(|number| attributes(&medium, number));
        answer_entry(reply, found);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match attributes(&self.0.lock(), ino.0) {
            Ok(found) => reply.attr(&FOR_LONG, &found),
            Err(error) => reply.error(error),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        uid: Option<u32>,
        gid: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut medium = self.0.lock();
        let sized = size.map_or(Ok(()), |size| medium.resize(ino.0, size));
        if let Some(node) = medium.nodes.get_mut(&ino.0) {
            let of = &mut node.attributes;
            of.mode = mode.and_then(|mode| u16::try_from(mode & 0o7777).ok()).unwrap_or(of.mode);
            of.uid = uid.unwrap_or(of.uid);
            of.gid = gid.unwrap_or(of.gid);
        }
        match sized.and_then(|()| attributes(&medium, ino.0)) {
            Ok(found) => reply.attr(&FOR_LONG, &found),
            Err(error) => reply.error(error),
        }
    }

    fn mkdir(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let node = new_node(request, mode & !umask, Content::Folder(Names::default()));
        let mut medium = self.0.lock();
        let made = medium.make(parent.0, name, node);
        answer_entry(reply, made.and_then(|number| attributes(&medium, number)));
    }

    fn create(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let node = new_node(request, mode & !umask, Content::File(Bytes::default()));
        let mut medium = self.0.lock();
        let made = medium.make(parent.0, name, node);
        match made.and_then(|number| attributes(&medium, number)) {
            Ok(made) => {
                reply.created(&FOR_LONG, &made, Generation(0), FileHandle(0), opened());
            }
            Err(error) => reply.error(error),
        }
    }

    fn link(
        &self,
        _: &Request,
        ino: INodeNo,
        newparent: INodeNo,
        newname: &OsStr,
        reply: ReplyEntry,
    ) {
        let mut medium = self.0.lock();
        let linked = medium.link(ino.0, newparent.0, newname);
        answer_entry(reply, linked.and_then(|()| attributes(&medium, ino.0)));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.0.lock().unlink(parent.0, name));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.0.lock().rmdir(parent.0, name));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let renamed = if flags.is_empty() {
            self.0.lock().rename((parent.0, name), (newparent.0, newname))
        } else {
            Err(Errno::EINVAL)
        };
        answer(reply, renamed);
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), opened());
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        // With the power gone too: who maps a file would die of a signal, and what it reads then
        // is of no account.
        match self.0.lock().read(ino.0, offset, size) {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.0.lock().write(ino.0, offset, data) {
            Ok(()) => reply.written(u32::try_from(data.len()).unwrap_or(u32::MAX)),
            Err(error) => reply.error(error),
        }
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.0.lock().sync(ino.0));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.0.lock().sync(ino.0));
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let mut medium = self.0.lock();
        let names = match medium.names(ino.0) {
            Ok(names) => names,
            Err(error) => return reply.error(error),
        };
        let mut next = offset;
        for (name, number) in names.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX))
        {
            next += 1;
            let kind = match medium.node(number).map(|node| &node.content) {
                Ok(Content::Folder(_)) => FileType::Directory,
                _ => FileType::RegularFile,
            };
            if reply.add(INodeNo(number), next, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let medium = self.0.lock();
        let free = medium.room.unwrap_or(1 << 40).saturating_sub(medium.used());
        let free = free / u64::from(BLOCK);
        reply.statfs(1 << 28, free, free, 1 << 20, 1 << 20, BLOCK, 255, BLOCK);
    }
}

/// Closing presses nothing to disk, so the kernel need not tell of it.
fn opened() -> FopenFlags {
    FopenFlags::FOPEN_NOFLUSH
}
