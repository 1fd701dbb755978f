//! Answers: results and errors of JSON-RPC, with the HTTP status of each.

use serde_json::{Map, Value, json};

use crate::tool::Tool;

/// How long a list of tools may be kept, in milliseconds: it changes with the program only.
const TTL_MILLIS: u64 = 3_600_000;

/// Errors of JSON-RPC, and those of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Parse,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,
    Internal,
    HeaderMismatch,
    UnsupportedVersion,
}

impl Code {
    const fn number(self) -> i64 {
        match self {
            Self::Parse => -32_700,
            Self::InvalidRequest => -32_600,
            Self::MethodNotFound => -32_601,
            Self::InvalidParams => -32_602,
            Self::Internal => -32_603,
            Self::HeaderMismatch => -32_020,
            Self::UnsupportedVersion => -32_022,
        }
    }
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The message; `None` where the answer has no body.
    pub body: Option<Value>,
}

impl Reply {
    /// Accepts a message that is not answered.
    pub(crate) const fn accepted() -> Self {
        Self {
            status: 202,
            body: None,
        }
    }

    pub(crate) fn error(status: u16, id: Option<&Value>, code: Code, text: &str) -> Self {
        Self::error_with(status, id, code, text, None)
    }

    pub(crate) fn error_with(
        status: u16,
        id: Option<&Value>,
        code: Code,
        text: &str,
        data: Option<Value>,
    ) -> Self {
        let mut error = Map::new();
        error.insert("code".to_owned(), Value::from(code.number()));
        error.insert("message".to_owned(), Value::from(text));
        error.extend(data.map(|data| ("data".to_owned(), data)));
        let mut body = Map::new();
        body.insert("jsonrpc".to_owned(), Value::from("2.0"));
        body.extend(id.map(|id| ("id".to_owned(), id.clone())));
        body.insert("error".to_owned(), Value::Object(error));
        Self {
            status,
            body: Some(Value::Object(body)),
        }
    }

    fn result(id: &Value, result: Value) -> Self {
        Self {
            status: 200,
            body: Some(json!({"jsonrpc": "2.0", "id": id, "result": result})),
        }
    }
}

/// Who serves.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// The name of the program.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Its version.
    pub version: String,
    /// What an assistant should know before it uses the tools.
    pub instructions: String,
    /// The tools, in the order in which they are listed.
    pub tools: &'static [Tool],
}

impl Server {
    fn info(&self) -> Value {
        json!({"name": self.name, "title": self.title, "version": self.version})
    }

    /// Makes a result in the form of the revision that was asked for.
    pub(crate) fn result(
        &self,
        id: &Value,
        is_modern: bool,
        mut result: Map<String, Value>,
    ) -> Reply {
        if is_modern {
            result.insert("resultType".to_owned(), Value::from("complete"));
            let meta = json!({"io.modelcontextprotocol/serverInfo": self.info()});
            result.insert("_meta".to_owned(), meta);
        }
        Reply::result(id, Value::Object(result))
    }

    pub(crate) fn initialized(&self, id: &Value, version: &str) -> Reply {
        let result = json!({
            "protocolVersion": version,
            "capabilities": {"tools": {}},
            "serverInfo": self.info(),
            "instructions": self.instructions,
        });
        Reply::result(id, result)
    }

    pub(crate) fn discovered(&self, id: &Value, versions: &[&str]) -> Reply {
        let result = [
            ("supportedVersions", json!(versions)),
            ("capabilities", json!({"tools": {}})),
            ("instructions", Value::from(self.instructions.as_str())),
        ];
        self.result(id, true, cacheable(result))
    }

    pub(crate) fn listed(&self, id: &Value, is_modern: bool) -> Reply {
        let tools: Vec<Value> = self.tools.iter().map(Tool::to_json).collect();
        let mut result = cacheable([("tools", Value::from(tools))]);
        if !is_modern {
            result.retain(|key, _| key == "tools");
        }
        self.result(id, is_modern, result)
    }
}

fn cacheable<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    let entries = entries.map(|(key, value)| (key.to_owned(), value));
    let mut result = Map::from_iter(entries);
    result.insert("ttlMs".to_owned(), Value::from(TTL_MILLIS));
    result.insert("cacheScope".to_owned(), Value::from("public"));
    result
}
