//! Reads a message: which revision it speaks, whether its headers say the same as its body, and what it asks.

use serde_json::{Map, Value, json};
use wire::base64;

use crate::{
    LEGACY, MODERN,
    reply::{Code, Reply, Server},
};

const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";
/// Bytes of the id of a request, which the answer repeats.
const MAX_ID_BYTES: usize = 256;

/// The headers of a request that count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `MCP-Protocol-Version`.
    pub version: Option<&'a str>,
    /// `Mcp-Method`.
    pub method: Option<&'a str>,
    /// `Mcp-Name`.
    pub name: Option<&'a str>,
}

/// What a message asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Nothing but what the protocol itself answers.
    Answered(Reply),
    /// A tool.
    Call(Call),
}

/// A call of a tool that there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The name of the tool.
    pub name: String,
    /// Its arguments, not checked.
    pub arguments: Map<String, Value>,
    id: Value,
    is_modern: bool,
}

impl Call {
    /// Answers with what the tool found.
    #[must_use]
    pub fn found(&self, server: &Server, content: Value) -> Reply {
        self.result(server, content, false)
    }

    /// Answers that the tool could not do it, and why; the assistant may ask differently.
    #[must_use]
    pub fn failed(&self, server: &Server, text: &str) -> Reply {
        self.result(server, json!({"error": text}), true)
    }

    /// Answers that something went wrong that asking differently does not change.
    #[must_use]
    pub fn broken(&self, text: &str) -> Reply {
        Reply::error(200, Some(&self.id), Code::Internal, text)
    }

    fn result(&self, server: &Server, content: Value, is_error: bool) -> Reply {
        let mut result = Map::new();
        // The same once more as text, for clients that do not read the structure.
        let text = json!([{"type": "text", "text": content.to_string()}]);
        result.insert("content".to_owned(), text);
        result.insert("structuredContent".to_owned(), content);
        result.insert("isError".to_owned(), Value::from(is_error));
        server.result(&self.id, self.is_modern, result)
    }
}

/// Reads a message.
#[must_use]
pub fn read(headers: Headers<'_>, body: &[u8], server: &Server) -> Asked {
    match message(headers, body, server) {
        Ok(asked) => asked,
        Err(reply) => Asked::Answered(reply),
    }
}

fn message(headers: Headers<'_>, body: &[u8], server: &Server) -> Result<Asked, Reply> {
    let invalid = |text: &str| Reply::error(400, None, Code::InvalidRequest, text);
    let message: Value = serde_json::from_slice(body)
        .map_err(|_| Reply::error(400, None, Code::Parse, "this is not JSON"))?;
    let Value::Object(message) = message else {
        return Err(invalid("a message is one object"));
    };
    let method = message.get("method").and_then(Value::as_str);
    let (Some("2.0"), Some(method)) = (message.get("jsonrpc").and_then(Value::as_str), method)
    else {
        return Err(invalid("this is not a request of JSON-RPC 2.0"));
    };
    let Some(id) = message.get("id") else {
        return Ok(Asked::Answered(Reply::accepted()));
    };
    let is_id = match id {
        Value::String(text) => text.len() <= MAX_ID_BYTES,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        _ => false,
    };
    if !is_id {
        return Err(invalid("the id of a request is a text or a whole number"));
    }
    let params = match message.get("params") {
        None => Map::new(),
        Some(Value::Object(params)) => params.clone(),
        Some(_) => {
            let text = "`params` is an object";
            return Err(Reply::error(400, Some(id), Code::InvalidParams, text));
        }
    };
    let request = Request {
        id,
        method,
        params: &params,
    };
    let is_modern = request.revision(headers)?;
    request.answer(server, is_modern)
}

struct Request<'a> {
    id: &'a Value,
    method: &'a str,
    params: &'a Map<String, Value>,
}

impl Request<'_> {
    fn refuse(&self, code: Code, text: &str) -> Reply {
        Reply::error(400, Some(self.id), code, text)
    }

    /// Says whether the request speaks the modern revision.
    fn revision(&self, headers: Headers<'_>) -> Result<bool, Reply> {
        let meta = self.params.get("_meta").and_then(Value::as_object);
        let in_body = meta.and_then(|meta| meta.get(VERSION_KEY));
        let in_body = in_body.map(|version| version.as_str().unwrap_or_default());
        let known = |version: &str| version == MODERN || LEGACY.contains(&version);
        // A client of an earlier revision begins with a handshake, and names no revision before it is agreed.
        if self.method == "initialize" && in_body.is_none() {
            return Ok(false);
        }
        for version in [in_body, headers.version].into_iter().flatten() {
            if !known(version) {
                return Err(self.unsupported(version));
            }
        }
        if in_body.is_none() && headers.version != Some(MODERN) {
            return Ok(false);
        }
        let Some(in_body) = in_body else {
            let text = format!("`_meta` has no `{VERSION_KEY}`");
            return Err(self.refuse(Code::InvalidParams, &text));
        };
        if in_body != MODERN {
            return Err(self.unsupported(in_body));
        }
        self.check_headers(headers)?;
        if !meta.is_some_and(|meta| meta.get(CAPABILITIES_KEY).is_some_and(Value::is_object)) {
            let text = format!("`_meta` has no `{CAPABILITIES_KEY}`");
            return Err(self.refuse(Code::InvalidParams, &text));
        }
        Ok(true)
    }

    /// Checks that the headers say the same as the body, as those on the way rely on.
    fn check_headers(&self, headers: Headers<'_>) -> Result<(), Reply> {
        let name = match self.method {
            "tools/call" => self.params.get("name").and_then(Value::as_str),
            _ => None,
        };
        let mut wanted = vec![
            (
                "MCP-Protocol-Version",
                headers.version.map(str::to_owned),
                MODERN,
            ),
            ("Mcp-Method", headers.method.map(str::to_owned), self.method),
        ];
        wanted.extend(name.map(|name| ("Mcp-Name", headers.name.and_then(decoded), name)));
        for (header, given, expected) in wanted {
            if given.as_deref() != Some(expected) {
                let text = format!("the header `{header}` does not say what the body says");
                return Err(self.refuse(Code::HeaderMismatch, &text));
            }
        }
        Ok(())
    }

    fn unsupported(&self, requested: &str) -> Reply {
        let data = json!({"supported": versions(), "requested": requested});
        let text = "this revision of the protocol is not supported";
        Reply::error_with(
            400,
            Some(self.id),
            Code::UnsupportedVersion,
            text,
            Some(data),
        )
    }

    fn answer(&self, server: &Server, is_modern: bool) -> Result<Asked, Reply> {
        let reply = match (self.method, is_modern) {
            ("initialize", false) => {
                let asked = self.params.get("protocolVersion").and_then(Value::as_str);
                let agreed = LEGACY.into_iter().find(|version| Some(*version) == asked);
                let [newest, ..] = LEGACY;
                server.initialized(self.id, agreed.unwrap_or(newest))
            }
            ("ping", false) => server.result(self.id, false, Map::new()),
            ("server/discover", true) => server.discovered(self.id, &versions()),
            ("tools/list", _) => server.listed(self.id, is_modern),
            ("tools/call", _) => return self.call(server, is_modern).map(Asked::Call),
            _ => {
                // Since the modern revision an unknown method has a status of its own.
                let status = if is_modern { 404 } else { 200 };
                let text = "there is no such method";
                Reply::error(status, Some(self.id), Code::MethodNotFound, text)
            }
        };
        Ok(Asked::Answered(reply))
    }

    fn call(&self, server: &Server, is_modern: bool) -> Result<Call, Reply> {
        let invalid = |text: &str| Reply::error(200, Some(self.id), Code::InvalidParams, text);
        let name = self.params.get("name").and_then(Value::as_str);
        let name = name.filter(|name| server.tools.iter().any(|tool| tool.name == *name));
        let name = name.ok_or_else(|| invalid("there is no such tool"))?;
        let arguments = match self.params.get("arguments") {
            None => Map::new(),
            Some(Value::Object(arguments)) => arguments.clone(),
            Some(_) => return Err(invalid("`arguments` is an object")),
        };
        Ok(Call {
            name: name.to_owned(),
            arguments,
            id: self.id.clone(),
            is_modern,
        })
    }
}

/// Returns every revision, the newest first.
fn versions() -> Vec<&'static str> {
    std::iter::once(MODERN).chain(LEGACY).collect()
}

/// Returns the value of a header that may be encoded, as `=?base64?…?=`.
fn decoded(value: &str) -> Option<String> {
    let inner = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    match inner {
        Some(inner) => String::from_utf8(base64::decode_std(inner)?).ok(),
        None => Some(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tool::Tool;

    fn server() -> Server {
        Server {
            name: "wardround".to_owned(),
            title: "Northmoor".to_owned(),
            version: "1".to_owned(),
            instructions: "Read only.".to_owned(),
            tools: Box::leak(Box::new([Tool {
                name: "search",
                title: "Search",
                description: "Finds documents.",
                input: json!({"type": "object"}),
            }])),
        }
    }

    fn modern(method: &str, params: Value) -> Value {
        let mut params = params;
        params["_meta"] = json!({VERSION_KEY: MODERN, CAPABILITIES_KEY: {}});
        json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    }

    fn asked(headers: Headers<'_>, message: &Value) -> Asked {
        read(headers, message.to_string().as_bytes(), &server())
    }

    fn reply(headers: Headers<'_>, message: &Value) -> (u16, Value) {
        match asked(headers, message) {
            Asked::Answered(reply) => (reply.status, reply.body.unwrap_or_default()),
            Asked::Call(call) => panic!("{call:?}"),
        }
    }

    fn of<'a>(method: &'a str) -> Headers<'a> {
        Headers {
            version: Some(MODERN),
            method: Some(method),
            name: None,
        }
    }

    #[test]
    fn a_modern_client_discovers_lists_and_calls() {
        let (status, found) = reply(of("server/discover"), &modern("server/discover", json!({})));
        assert_eq!(status, 200);
        assert_eq!(found["result"]["supportedVersions"][0], MODERN);
        assert_eq!(found["result"]["resultType"], "complete");
        assert_eq!(
            found["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
            "wardround"
        );
        let (_, listed) = reply(of("tools/list"), &modern("tools/list", json!({})));
        assert_eq!(listed["result"]["tools"][0]["name"], "search");
        assert_eq!(listed["result"]["cacheScope"], "public");
        let params = json!({"name": "search", "arguments": {"query": "x"}});
        for name in ["search", "=?base64?c2VhcmNo?="] {
            let headers = Headers {
                name: Some(name),
                ..of("tools/call")
            };
            let Asked::Call(call) = asked(headers, &modern("tools/call", params.clone())) else {
                panic!("no call");
            };
            assert_eq!(
                (call.name.as_str(), &call.arguments["query"]),
                ("search", &json!("x"))
            );
            let found = call.found(&server(), json!({"a": 1})).body.unwrap();
            assert_eq!(found["result"]["structuredContent"], json!({"a": 1}));
            assert_eq!(found["result"]["content"][0]["text"], "{\"a\":1}");
            assert_eq!(
                call.failed(&server(), "no").body.unwrap()["result"]["isError"],
                true
            );
        }
    }

    #[test]
    fn a_client_of_an_earlier_revision_shakes_hands_and_calls() {
        let first = |version: &str| {
            json!({"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": {
                "protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}})
        };
        for (asked, agreed) in [
            ("2025-11-25", "2025-11-25"),
            ("2025-06-18", "2025-06-18"),
            ("2024-11-05", "2025-11-25"),
        ] {
            let (status, found) = reply(Headers::default(), &first(asked));
            assert_eq!(
                (status, &found["result"]["protocolVersion"]),
                (200, &json!(agreed))
            );
            assert_eq!(found["id"], "a");
        }
        let headers = Headers {
            version: Some("2025-11-25"),
            ..Headers::default()
        };
        let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(reply(headers, &notification), (202, Value::Null));
        let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"});
        let (_, listed) = reply(headers, &list);
        assert_eq!(listed["result"]["tools"][0]["name"], "search");
        assert!(listed["result"].get("resultType").is_none());
        let ping = json!({"jsonrpc": "2.0", "id": 3, "method": "ping"});
        assert_eq!(reply(Headers::default(), &ping).1["result"], json!({}));
        let call = json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "search"}});
        assert!(matches!(asked(headers, &call), Asked::Call(_)));
        let unknown = json!({"jsonrpc": "2.0", "id": 4, "method": "resources/list"});
        assert_eq!(reply(headers, &unknown).1["error"]["code"], -32_601);
    }

    #[test]
    fn what_is_wrong_has_the_code_of_the_protocol() {
        let list = modern("tools/list", json!({}));
        let mut old = list.clone();
        old["params"]["_meta"][VERSION_KEY] = json!("1900-01-01");
        let mut bare = list.clone();
        bare["params"]["_meta"]
            .as_object_mut()
            .unwrap()
            .remove(CAPABILITIES_KEY);
        let mut null = list.clone();
        null["id"] = Value::Null;
        let call = modern("tools/call", json!({"name": "search"}));
        let other = modern("tools/call", json!({"name": "rm"}));
        let named = |name| Headers {
            name: Some(name),
            ..of("tools/call")
        };
        let without = |of: Headers<'static>| Headers {
            version: None,
            ..of
        };
        let legacy = |of: Headers<'static>| Headers {
            version: Some("2025-11-25"),
            ..of
        };
        for (headers, message, status, code) in [
            (of("tools/list"), json!([list.clone()]), 400, -32_600),
            (
                of("tools/list"),
                json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
                400,
                -32_600,
            ),
            (of("tools/list"), null, 400, -32_600),
            (of("tools/list"), old, 400, -32_022),
            (of("tools/list"), bare, 400, -32_602),
            (without(of("tools/list")), list.clone(), 400, -32_020),
            (legacy(of("tools/list")), list.clone(), 400, -32_020),
            (of("tools/call"), list.clone(), 400, -32_020),
            (of("tools/call"), call.clone(), 400, -32_020),
            (named("other"), call.clone(), 400, -32_020),
            (named("rm"), other, 200, -32_602),
            (of("ping"), modern("ping", json!({})), 404, -32_601),
            (
                of("tools/list"),
                json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
                400,
                -32_602,
            ),
            (
                of("tools/list"),
                json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": []}),
                400,
                -32_602,
            ),
        ] {
            let (found, body) = reply(headers, &message);
            assert_eq!(
                (found, &body["error"]["code"]),
                (status, &json!(code)),
                "{message}"
            );
        }
        let Asked::Answered(reply) = read(Headers::default(), b"{", &server()) else {
            panic!("no answer");
        };
        assert_eq!(reply.body.unwrap()["error"]["code"], -32_700);
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(Headers::default(), &bytes, &server());
        }
    }
}
