//! The invented trusts of the demo.

/// An invented trust.
#[derive(Debug)]
pub struct Trust {
    /// Its name.
    pub name: &'static str,
    /// Its ODS code; real codes do not begin with Z.
    pub ods: &'static str,
    /// Its contact, at a domain that is reserved for examples (RFC 2606).
    pub contact: &'static str,
    /// The folder of its sample files.
    pub(super) folder: &'static str,
    /// The page that its author wrote and its editor approved.
    pub(super) page: &'static str,
    /// The data directory of its node, below the directory of the demo.
    pub(super) directory: &'static str,
}

/// The trusts, in the order of their ports.
pub const TRUSTS: [Trust; 3] = [
    Trust {
        name: "Northmoor Teaching Hospitals NHS Trust",
        ods: "ZZ1",
        contact: "mailto:lessons@northmoor.example",
        folder: "northmoor",
        page: include_str!("drafts/published/northmoor.md"),
        directory: "1",
    },
    Trust {
        name: "Avonbridge Community and Mental Health NHS Trust",
        ods: "ZZ2",
        contact: "mailto:lessons@avonbridge.example",
        folder: "avonbridge",
        page: include_str!("drafts/published/avonbridge.md"),
        directory: "2",
    },
    Trust {
        name: "Harrowdale Hospital and Ambulance NHS Trust",
        ods: "ZZ3",
        contact: "mailto:lessons@harrowdale.example",
        folder: "harrowdale",
        page: include_str!("drafts/published/harrowdale.md"),
        directory: "3",
    },
];
