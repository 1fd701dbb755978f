//! Mail to people who can sign in: plain text, over SMTP.

use std::{
    fmt,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, SinglePart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use zeroize::Zeroizing;

use crate::{Roots, secret::OneTimeSecret};

/// How long a server may take for each step: a person may wait for it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How a connection to the server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From the beginning.
    Tls,
    /// After a greeting; a server that cannot is refused.
    StartTls,
    /// Not at all.
    None,
}

impl Encryption {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Tls, Self::StartTls, Self::None];

    /// Returns the name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Says that a program has written a mail, so that no one is sent an out-of-office reply to it (RFC 3834 §5).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The server that takes mail.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// Who we are to the server; nothing where it takes mail by address.
    pub user: Option<String>,
    /// The password for that.
    pub password: Option<Zeroizing<String>>,
    /// Who mail is from: an address, or `Name <address>`.
    pub from: String,
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

/// Why mail was not sent; the cause is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("the mail could not be sent: {cause}")]
pub struct MailError {
    cause: String,
    is_final: bool,
}

impl MailError {
    /// Returns whether the same mail would be refused again.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    fn unusable(error: &dyn fmt::Display) -> Self {
        Self {
            cause: error.to_string(),
            is_final: true,
        }
    }
}

/// A text to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who it is for.
    pub to: String,
    /// The subject, on one line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Sends mail.
pub struct Mailer {
    from: Mailbox,
    server: SmtpServer,
    transport: RwLock<Transport>,
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer")
    }
}

impl Mailer {
    /// Makes a mailer, which trusts the authorities of the system and of `roots`; nothing is connected to yet.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(server: &SmtpServer, roots: &Roots) -> Result<Self, String> {
        let from = server
            .from
            .parse::<Mailbox>()
            .map_err(|_| format!("`{}` is not an e-mail address", server.from))?;
        Ok(Self {
            from,
            transport: RwLock::new(transport(server, roots)?),
            server: server.clone(),
        })
    }

    /// Trusts these authorities from the next mail on, and those that the system has now.
    ///
    /// # Errors
    /// What is wrong with them; nothing is changed then.
    pub fn trust(&self, roots: &Roots) -> Result<(), String> {
        let trusting = transport(&self.server, roots)?;
        *self
            .transport
            .write()
            .unwrap_or_else(PoisonError::into_inner) = trusting;
        Ok(())
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let to = mail.to.parse::<Mailbox>();
        let to = to.map_err(|error| MailError::unusable(&error))?;
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .message_id(Some(self.message_id()?))
            .header(AutoSubmitted)
            // A part has `MIME-Version`, without which a client may show the encoded text (RFC 2045 §4).
            .singlepart(SinglePart::plain(mail.text.clone()))
            .map_err(|error| MailError::unusable(&error))
    }

    /// Draws the id of a mail, in the domain that it is from: it does not name this machine.
    fn message_id(&self) -> Result<String, MailError> {
        let drawn = OneTimeSecret::for_link().map_err(|error| MailError::unusable(&error))?;
        Ok(format!("<{}@{}>", drawn.expose(), self.from.email.domain()))
    }

    /// Sends a mail; returns when the server has taken it.
    ///
    /// # Errors
    /// When it has not.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let transport = self.transport.read();
        let transport = transport.unwrap_or_else(PoisonError::into_inner).clone();
        let sent = transport.send(self.message(mail)?).await;
        sent.map(|_| ()).map_err(|error| MailError {
            cause: error.to_string(),
            is_final: error.is_permanent(),
        })
    }
}

/// Makes what connects to a server, and trusts the authorities of the system and of `roots`.
fn transport(server: &SmtpServer, roots: &Roots) -> Result<Transport, String> {
    let parameters = || {
        let builder = TlsParameters::builder(server.host.clone());
        let builder = match &roots.mail {
            Some(roots) => builder.add_root_certificate(roots.clone()),
            None => builder,
        };
        builder.build().map_err(|error| error.to_string())
    };
    let tls = match server.encryption {
        Encryption::Tls => Tls::Wrapper(parameters()?),
        Encryption::StartTls => Tls::Required(parameters()?),
        Encryption::None if server.password.is_some() => {
            return Err("a password is not sent without encryption".to_owned());
        }
        Encryption::None => Tls::None,
    };
    let builder = Transport::builder_dangerous(&server.host)
        .port(server.port)
        .tls(tls)
        .timeout(Some(TIMEOUT));
    let builder = match (&server.user, &server.password) {
        (Some(user), Some(password)) => {
            builder.credentials(Credentials::new(user.clone(), password.to_string()))
        }
        _ => builder,
    };
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_has_the_headers_that_clients_and_filters_ask_for() {
        let server = SmtpServer {
            host: "127.0.0.1".to_owned(),
            port: 25,
            encryption: Encryption::None,
            user: None,
            password: None,
            from: "Lessons <lessons@northmoor.example>".to_owned(),
        };
        let mailer = Mailer::new(&server, &Roots::default()).unwrap();
        let mail = Mail {
            to: "ada@northmoor.example".to_owned(),
            subject: "A draft".to_owned(),
            text: "Größe: a line that is longer than the 76 characters that a line of an encoded text has\n".to_owned(),
        };
        let message = mailer.message(&mail).unwrap().formatted();
        let text = String::from_utf8(message).unwrap();
        for header in [
            "MIME-Version: 1.0\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Date: ",
        ] {
            assert!(text.contains(header), "{header} {text}");
        }
        let id = text.lines().find(|line| line.starts_with("Message-ID: <"));
        assert!(id.unwrap().ends_with("@northmoor.example>"), "{text}");
    }
}
