//! The subjects of documents, each with other words that people type for it.

use super::term::{Term, vocabulary};

vocabulary! {
    /// The subject (`topics`).
    Topic {
        Epr = "epr", "Electronic patient record (EPR)", "electronic health record", "EHR", "electronic medical record";
        Epma = "epma", "Electronic prescribing (ePMA)", "e-prescribing", "eprescribing", "electronic medicines administration";
        BedManagement = "bed-management", "Bed management and patient flow", "patient flow", "bed flow";
        ClinicalNoting = "clinical-noting", "Clinical noting", "digital noting", "clinical notes", "electronic notes";
        EObservations = "e-observations", "Electronic observations", "e-obs", "eobs", "electronic obs", "early warning scores";
        OrderComms = "order-comms", "Order communications", "ordercomms", "electronic orders", "test requesting";
        DiagnosticsImaging = "diagnostics-imaging", "Diagnostics and imaging", "imaging", "radiology", "PACS";
        Pathology = "pathology", "Pathology", "blood tests", "laboratory systems";
        DepartmentalSystems = "departmental-systems", "Departmental systems";
        MaternityChildHealth = "maternity-child-health", "Maternity and child health";
        Outpatients = "outpatients", "Outpatients", "outpatient clinics";
        EReferrals = "e-referrals", "Electronic referrals", "referrals", "e-referral";
        Pathways = "pathways", "Pathways";
        VirtualWards = "virtual-wards", "Virtual wards", "hospital at home";
        RemoteMonitoring = "remote-monitoring", "Remote monitoring", "telehealth", "home monitoring";
        PatientPortalNhsApp = "patient-portal-nhs-app", "Patient portals and the NHS App", "patient portal", "patient portals", "portal", "NHS App";
        KiosksSelfCheckIn = "kiosks-self-check-in", "Kiosks and self check-in", "kiosk", "self check-in", "check-in kiosk";
        SharedCareRecord = "shared-care-record", "Shared care records", "shared record", "ShCR";
        Interoperability = "interoperability", "Interoperability", "integration engine", "FHIR";
        DataSharing = "data-sharing", "Data sharing";
        DataQuality = "data-quality", "Data quality";
        AnalyticsBi = "analytics-bi", "Analytics and business intelligence", "dashboards", "business intelligence";
        Ai = "ai", "Artificial intelligence", "machine learning";
        AutomationRpa = "automation-rpa", "Automation (RPA)", "RPA", "robotic process automation", "bots";
        DocumentManagement = "document-management", "Document management", "scanning", "scanned notes", "EDMS";
        AssetTracking = "asset-tracking", "Asset tracking", "RTLS", "RFID", "equipment tracking";
        InfrastructureCloud = "infrastructure-cloud", "Infrastructure and cloud", "cloud", "hosting", "data centre";
        NetworkWifi = "network-wifi", "Network and Wi-Fi", "Wi-Fi", "wifi", "wireless", "network";
        DevicesEndUser = "devices-end-user", "Devices", "laptops", "tablets", "computers on wheels";
        SingleSignOnIdentity = "single-sign-on-identity", "Single sign-on and identity", "single sign-on", "SSO", "smartcards", "log in", "identity";
        MobileWorking = "mobile-working", "Mobile working";
        TelephonyComms = "telephony-comms", "Telephony and communications", "bleeps", "bleep", "pagers", "telephony", "switchboard";
        Cyber = "cyber", "Cyber security", "cybersecurity", "MFA", "ransomware";
        ServiceDesk = "service-desk", "Service desk";
        ServiceManagement = "service-management", "Service management";
        OptimisationUsability = "optimisation-usability", "Optimisation and usability";
        TrainingAdoption = "training-adoption", "Training and adoption", "training";
        ERosteringWorkforce = "e-rostering-workforce", "E-rostering and workforce", "e-rostering", "rostering", "rosters";
        HrOnboarding = "hr-onboarding", "HR and onboarding", "onboarding", "starters and leavers";
        DigitalInclusion = "digital-inclusion", "Digital inclusion";
        ClinicalSafety = "clinical-safety", "Clinical safety";
        GovernanceFundingBenefits = "governance-funding-benefits", "Governance, funding and benefits";
        ProcurementSuppliers = "procurement-suppliers", "Procurement and suppliers";
        Sustainability = "sustainability", "Sustainability";
        VoiceRecognition = "voice-recognition", "Voice recognition", "ambient scribe", "ambient voice", "ambient voice technology", "AVT", "ambient", "AI scribe", "dictation", "digital dictation", "speech recognition", "speech to text";
        NursingMidwiferyDigital = "nursing-midwifery-digital", "Digital nursing and midwifery", "digital nursing";
        PrimaryCareIt = "primary-care-it", "Primary care IT";
        NeighbourhoodWorking = "neighbourhood-working", "Neighbourhood working";
    }
}

impl Topic {
    /// Returns whether projects of every sort have this subject next to the one that they are about: what they have in common
    /// says nothing of whether one thing works.
    #[must_use]
    pub fn is_of_every_project(self) -> bool {
        matches!(
            self,
            Self::OptimisationUsability
                | Self::TrainingAdoption
                | Self::DigitalInclusion
                | Self::ClinicalSafety
                | Self::GovernanceFundingBenefits
                | Self::ProcurementSuppliers
                | Self::Sustainability
                | Self::NursingMidwiferyDigital
        )
    }
}
