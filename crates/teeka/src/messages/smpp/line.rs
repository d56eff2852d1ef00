//! One connection to a message centre: what is submitted goes out, answers find whoever waits for
//! them, and silence is asked about.

use std::{collections::HashMap, io, sync::Arc, time::Duration};

use app::Secret;
use bytes::BytesMut;
use rusmpp::{
    Command, CommandId, CommandStatus, Pdu,
    pdus::{BindTransmitter, DeliverSmResp, SubmitSm},
    tokio_codec::CommandCodec,
    types::COctetString,
    values::InterfaceVersion,
};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf},
    net::TcpStream,
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::codec::{Decoder, Encoder};

use super::{Undelivered, octets};

/// How long opening may take, and how long a write may.
const PATIENCE: Duration = Duration::from_secs(10);
/// Sequence numbers begin again after this one (SMPP 3.4, section 3.2).
const LAST_NUMBER: u32 = 0x7fff_ffff;

/// What came of a submission.
pub(super) type Answer = oneshot::Receiver<Result<(), Undelivered>>;

/// Whom to call, and who calls.
pub(super) struct Dial {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) system_id: COctetString<1, 16>,
    pub(super) password: Secret<String>,
    pub(super) system_type: COctetString<1, 13>,
    pub(super) window: usize,
    /// Between two submissions.
    pub(super) pause: Duration,
    /// After this long without a word, the message centre is asked whether it is there.
    pub(super) quiet: Duration,
}

/// The way to an open connection. It closes when the last one is gone.
#[derive(Clone)]
pub(super) struct Line(mpsc::Sender<(SubmitSm, oneshot::Sender<Result<(), Undelivered>>)>);

impl Line {
    pub(super) fn is_open(&self) -> bool {
        !self.0.is_closed()
    }

    /// Puts a submission in the queue.
    pub(super) async fn submit(&self, submission: SubmitSm) -> Result<Answer, Undelivered> {
        let (answer, answered) = oneshot::channel();
        let sent = self.0.send((submission, answer)).await;
        sent.map_err(|_| Undelivered::later("the connection is lost"))?;
        Ok(answered)
    }
}

impl Dial {
    /// Calls and signs in.
    pub(super) async fn open(&self) -> Result<Line, Undelivered> {
        let opening = timeout(PATIENCE, async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
            stream.set_nodelay(true)?;
            let Some(tls) = &self.tls else {
                return Ok(Connection::new(stream));
            };
            let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
            let tls = tokio_rustls::TlsConnector::from(Arc::clone(tls));
            Ok::<_, io::Error>(Connection::new(tls.connect(name, stream).await?))
        });
        let opened = opening.await.map_err(|_| Undelivered::later("no answer in time"))?;
        let mut connection = opened.map_err(|error| {
            Undelivered::later(format!("it cannot be reached: {}", error.kind()))
        })?;
        let bound = timeout(PATIENCE, self.bind(&mut connection)).await;
        bound.map_err(|_| Undelivered::later("no answer in time"))??;
        let (line, submissions) = mpsc::channel(self.window);
        let (window, pause, quiet) = (self.window, self.pause, self.quiet);
        tokio::spawn(async move {
            if let Err(error) = connection.carry(submissions, window, pause, quiet).await {
                tracing::warn!(reason = %error.kind(), "the message centre's line is lost");
            }
        });
        Ok(Line(line))
    }

    async fn bind(&self, connection: &mut Connection) -> Result<(), Undelivered> {
        let lost = |_| Undelivered::later("the connection is lost");
        let bind = BindTransmitter::builder()
            .system_id(self.system_id.clone())
            .password(octets(self.password.expose()).expect("it was tried at the start"))
            .system_type(self.system_type.clone())
            .interface_version(InterfaceVersion::Smpp3_4)
            .build();
        connection.send(CommandStatus::EsmeRok, 1, bind).await.map_err(lost)?;
        loop {
            let command = connection.next().await.map_err(lost)?;
            match command.id() {
                CommandId::BindTransmitterResp | CommandId::GenericNack => {
                    return match command.status() {
                        CommandStatus::EsmeRok => Ok(()),
                        status => Err(Undelivered::later(format!(
                            "the message centre does not know us, status {:#x}",
                            u32::from(status)
                        ))),
                    };
                }
                _ => {}
            }
        }
    }
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub(super) struct Connection {
    reader: ReadHalf<Box<dyn Stream>>,
    writer: WriteHalf<Box<dyn Stream>>,
    codec: CommandCodec,
    read: BytesMut,
}

impl Connection {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        let (reader, writer) = tokio::io::split(Box::new(stream) as Box<dyn Stream>);
        Self { reader, writer, codec: CommandCodec::new(), read: BytesMut::new() }
    }

    /// The next command. May be dropped while it waits: what was read stays.
    pub(super) async fn next(&mut self) -> io::Result<Command> {
        loop {
            let decoded = self.codec.decode(&mut self.read);
            if let Some(command) = decoded.map_err(|_| io::ErrorKind::InvalidData)? {
                return Ok(command);
            }
            if self.reader.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    pub(super) async fn send(
        &mut self,
        status: CommandStatus,
        number: u32,
        pdu: impl Into<Pdu>,
    ) -> io::Result<()> {
        let mut bytes = BytesMut::new();
        let command = Command::new(status, number, pdu);
        self.codec.encode(command, &mut bytes).map_err(|_| io::ErrorKind::InvalidInput)?;
        let written = timeout(PATIENCE, async {
            self.writer.write_all(&bytes).await?;
            self.writer.flush().await
        });
        written.await.map_err(|_| io::ErrorKind::TimedOut)?
    }

    /// Carries submissions and answers, until the connection is lost or nobody submits any more.
    /// Whoever still waits then learns it from the end of their channel.
    async fn carry(
        mut self,
        mut submissions: mpsc::Receiver<(SubmitSm, oneshot::Sender<Result<(), Undelivered>>)>,
        window: usize,
        pause: Duration,
        quiet: Duration,
    ) -> io::Result<()> {
        let mut waiting = HashMap::new();
        let mut number = 1_u32;
        let mut next_at = Instant::now();
        let mut quiet_until = Instant::now() + quiet;
        let mut asked = false;
        loop {
            let may_submit = waiting.len() < window;
            let early = next_at > Instant::now();
            tokio::select! {
                command = self.next() => {
                    (quiet_until, asked) = (Instant::now() + quiet, false);
                    if !self.take(&command?, &mut waiting).await? {
                        return Ok(());
                    }
                }
                submission = submissions.recv(), if may_submit && !early => {
                    number = number % LAST_NUMBER + 1;
                    let Some((submission, answer)) = submission else {
                        return self.send(CommandStatus::EsmeRok, number, Pdu::Unbind).await;
                    };
                    waiting.insert(number, answer);
                    self.send(CommandStatus::EsmeRok, number, submission).await?;
                    next_at = Instant::now() + pause;
                }
                () = sleep_until(next_at), if may_submit && early => {}
                () = sleep_until(quiet_until) => {
                    if asked {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                    (quiet_until, asked) = (Instant::now() + PATIENCE, true);
                    // Whoever gave up does not take a place in the window.
                    waiting.retain(|_, answer| !answer.is_closed());
                    number = number % LAST_NUMBER + 1;
                    self.send(CommandStatus::EsmeRok, number, Pdu::EnquireLink).await?;
                }
            }
        }
    }

    /// Takes a command of the message centre; false if it was the last.
    async fn take(
        &mut self,
        command: &Command,
        waiting: &mut HashMap<u32, oneshot::Sender<Result<(), Undelivered>>>,
    ) -> io::Result<bool> {
        let number = command.sequence_number();
        match command.id() {
            CommandId::SubmitSmResp | CommandId::GenericNack => {
                if let Some(answer) = waiting.remove(&number) {
                    // Whoever waited may have given up.
                    drop(answer.send(judge(command.status())));
                }
            }
            CommandId::EnquireLink => {
                self.send(CommandStatus::EsmeRok, number, Pdu::EnquireLinkResp).await?;
            }
            CommandId::DeliverSm => {
                self.send(CommandStatus::EsmeRok, number, DeliverSmResp::default()).await?;
            }
            CommandId::Unbind => {
                self.send(CommandStatus::EsmeRok, number, Pdu::UnbindResp).await?;
                return Ok(false);
            }
            _ => {}
        }
        Ok(true)
    }
}

/// Only what is wrong with the message itself is final; the rest is the message centre's load or
/// the operator's to put right.
fn judge(status: CommandStatus) -> Result<(), Undelivered> {
    let why = format!("status {:#x}", u32::from(status));
    match status {
        CommandStatus::EsmeRok => Ok(()),
        CommandStatus::EsmeRinvmsglen
        | CommandStatus::EsmeRinvdstadr
        | CommandStatus::EsmeRxRAppn => Err(Undelivered::never(why)),
        _ => Err(Undelivered::later(why)),
    }
}
