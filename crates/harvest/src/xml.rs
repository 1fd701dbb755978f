//! Writes answers as XML (§3.2). Whatever a text has, the answer is well formed.

use wire::Timestamp;

use crate::{
    METADATA_PREFIX,
    answer::{Answer, Header, Page, Record, Repository, Resumption, Set},
    fault::{Code, Fault},
};

/// The media type of an answer.
pub const MEDIA_TYPE: &str = "text/xml; charset=utf-8";

const PROTOCOL: &str = "http://www.openarchives.org/OAI/2.0/";
const DUBLIN_CORE: &str = "http://www.openarchives.org/OAI/2.0/oai_dc/";
const ELEMENTS: &str = "http://purl.org/dc/elements/1.1/";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What surrounds an answer.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The address that serves.
    pub base_url: &'a str,
    /// Now.
    pub at: Timestamp,
    /// The arguments of the request.
    pub arguments: &'a [(&'static str, String)],
}

/// Writes an answer.
#[must_use]
pub fn write(envelope: Envelope<'_>, answer: &Answer) -> String {
    let mut xml = Xml(String::with_capacity(4_096));
    xml.0
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let schema = format!("{PROTOCOL} {PROTOCOL}OAI-PMH.xsd");
    let root = [
        ("xmlns", PROTOCOL),
        ("xmlns:xsi", INSTANCE),
        ("xsi:schemaLocation", &schema),
    ];
    xml.open("OAI-PMH", &root);
    xml.leaf("responseDate", &envelope.at.to_string());
    // The arguments of a request that cannot be read are not repeated (§3.6).
    let is_read = |fault: &Fault| !matches!(fault.code, Code::BadVerb | Code::BadArgument);
    let repeats = !matches!(answer, Answer::Faults(faults) if !faults.iter().all(is_read));
    let arguments = envelope.arguments.iter().filter(|_| repeats);
    let arguments: Vec<_> = arguments
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    xml.leaf_with("request", &arguments, envelope.base_url);
    match answer {
        Answer::Identify(repository) => xml.identify(envelope.base_url, repository),
        Answer::Formats => xml.formats(),
        Answer::Sets(sets) => xml.sets(sets),
        Answer::Identifiers(page) => xml.list("ListIdentifiers", page, Xml::header),
        Answer::Records(page) => xml.list("ListRecords", page, Xml::record),
        Answer::Record(record) => {
            xml.open("GetRecord", &[]);
            xml.record(record);
            xml.close("GetRecord");
        }
        Answer::Faults(faults) => {
            for fault in faults {
                xml.leaf_with("error", &[("code", fault.code.as_str())], &fault.text);
            }
        }
    }
    xml.close("OAI-PMH");
    xml.0
}

struct Xml(String);

impl Xml {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.0.push_str(">\n");
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push_str(">\n");
    }

    fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes);
        self.0.push('>');
        self.text(text);
        self.close(name);
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            self.0.push_str("=\"");
            self.text(value);
            self.0.push('"');
        }
    }

    /// Writes a text, without the characters that XML 1.0 (§2.2) does not have or advises against.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(c),
                '\u{fffe}' | '\u{ffff}' => {}
                c if c.is_control() => {}
                c => self.0.push(c),
            }
        }
    }

    fn identify(&mut self, base_url: &str, repository: &Repository) {
        self.open("Identify", &[]);
        self.leaf("repositoryName", &repository.name);
        self.leaf("baseURL", base_url);
        self.leaf("protocolVersion", "2.0");
        self.leaf("adminEmail", &repository.email);
        self.leaf("earliestDatestamp", &repository.earliest.to_string());
        self.leaf("deletedRecord", "persistent");
        self.leaf("granularity", "YYYY-MM-DDThh:mm:ssZ");
        self.close("Identify");
    }

    fn formats(&mut self) {
        self.open("ListMetadataFormats", &[]);
        self.open("metadataFormat", &[]);
        self.leaf("metadataPrefix", METADATA_PREFIX);
        self.leaf("schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd");
        self.leaf("metadataNamespace", DUBLIN_CORE);
        self.close("metadataFormat");
        self.close("ListMetadataFormats");
    }

    fn sets(&mut self, sets: &[Set]) {
        self.open("ListSets", &[]);
        for set in sets {
            self.open("set", &[]);
            self.leaf("setSpec", &set.spec);
            self.leaf("setName", &set.name);
            self.close("set");
        }
        self.close("ListSets");
    }

    fn list<T>(&mut self, name: &str, page: &Page<T>, write: impl Fn(&mut Self, &T)) {
        self.open(name, &[]);
        for item in &page.items {
            write(self, item);
        }
        if let Some(Resumption { token, cursor }) = &page.resumption {
            let cursor = cursor.to_string();
            let token = token.as_deref().unwrap_or_default();
            self.leaf_with("resumptionToken", &[("cursor", &cursor)], token);
        }
        self.close(name);
    }

    fn header(&mut self, header: &Header) {
        let deleted: &[(&str, &str)] = match header.is_deleted {
            true => &[("status", "deleted")],
            false => &[],
        };
        self.open("header", deleted);
        self.leaf("identifier", &header.identifier);
        self.leaf("datestamp", &header.at.to_string());
        for set in &header.sets {
            self.leaf("setSpec", set);
        }
        self.close("header");
    }

    fn record(&mut self, record: &Record) {
        self.open("record", &[]);
        self.header(&record.header);
        if let Some(metadata) = &record.metadata {
            let schema = format!("{DUBLIN_CORE} http://www.openarchives.org/OAI/2.0/oai_dc.xsd");
            let names = [
                ("xmlns:oai_dc", DUBLIN_CORE),
                ("xmlns:dc", ELEMENTS),
                ("xmlns:xsi", INSTANCE),
                ("xsi:schemaLocation", &schema),
            ];
            self.open("metadata", &[]);
            self.open("oai_dc:dc", &names);
            for (element, text) in metadata.0.iter().filter(|(_, text)| !text.is_empty()) {
                self.leaf(&format!("dc:{}", element.as_str()), text);
            }
            self.close("oai_dc:dc");
            self.close("metadata");
        }
        self.close("record");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::{Reader, events::Event};

    use super::*;
    use crate::answer::{DublinCore, Element};

    fn envelope<'a>(arguments: &'a [(&'static str, String)]) -> Envelope<'a> {
        Envelope {
            base_url: "https://x.example/oai",
            at: Timestamp::from_millis(1_790_000_000_999),
            arguments,
        }
    }

    /// Reads a whole document, and returns the names of its elements and its text.
    fn read(xml: &str) -> (Vec<String>, String) {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let (mut names, mut texts, mut depth) = (Vec::new(), String::new(), 0_i32);
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    for attribute in start.attributes() {
                        attribute.unwrap();
                    }
                    names.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                    depth += 1;
                }
                Event::End(_) => depth -= 1,
                Event::Text(text) => texts.push_str(&text.decode().unwrap()),
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0);
        (names, texts)
    }

    fn record(title: &str) -> Record {
        let mut metadata = DublinCore::default();
        metadata.push(Element::Title, title);
        metadata.push(Element::Description, "");
        Record {
            header: Header {
                identifier: "urn:a".to_owned(),
                at: Timestamp::from_secs(1_790_000_000),
                sets: vec!["org:zz1".to_owned()],
                is_deleted: false,
            },
            metadata: Some(metadata),
        }
    }

    #[test]
    fn a_record_is_written_as_the_protocol_says() {
        let mut deleted = record("gone");
        deleted.header.is_deleted = true;
        deleted.metadata = None;
        let page = Page {
            items: vec![record("a & b"), deleted],
            resumption: Some(Resumption {
                token: Some("t".to_owned()),
                cursor: 0,
            }),
        };
        let arguments = [("verb", "ListRecords".to_owned())];
        let xml = write(envelope(&arguments), &Answer::Records(page));
        let expected = "<responseDate>2026-09-21T14:13:20Z</responseDate>\n\
            <request verb=\"ListRecords\">https://x.example/oai</request>\n\
            <ListRecords>\n<record>\n<header>\n<identifier>urn:a</identifier>\n\
            <datestamp>2026-09-21T14:13:20Z</datestamp>\n<setSpec>org:zz1</setSpec>\n</header>\n<metadata>\n";
        assert!(xml.contains(expected), "{xml}");
        assert!(xml.contains("<dc:title>a &amp; b</dc:title>\n</oai_dc:dc>\n</metadata>\n</record>\n<record>\n<header status=\"deleted\">"), "{xml}");
        assert!(xml.contains("<resumptionToken cursor=\"0\">t</resumptionToken>"));
        assert!(!xml.contains("gone"));
        read(&xml);
    }

    #[test]
    fn the_arguments_of_a_request_that_cannot_be_read_are_not_repeated() {
        let arguments = [("verb", "GetRecord".to_owned())];
        for (code, repeats) in [
            (Code::BadVerb, false),
            (Code::BadArgument, false),
            (Code::IdDoesNotExist, true),
        ] {
            let answer = Answer::Faults(vec![Fault::new(code, "x < y")]);
            let xml = write(envelope(&arguments), &answer);
            assert_eq!(xml.contains("<request verb="), repeats, "{xml}");
            let error = format!("<error code=\"{}\">x &lt; y</error>", code.as_str());
            assert!(xml.contains(&error), "{xml}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_text_has_the_answer_is_well_formed(text in "\\PC{0,40}|[\\x00-\\x1f<>&\"'\\]]{0,40}|(?s:.){0,40}") {
            let arguments = [("identifier", text.clone())];
            let answer = Answer::Record(record(&text));
            let xml = write(envelope(&arguments), &answer);
            let (names, _) = read(&xml);
            // No text adds an element.
            prop_assert_eq!(names.len(), 11 + usize::from(!text.is_empty()));
            prop_assert!(!xml.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
    }
}
