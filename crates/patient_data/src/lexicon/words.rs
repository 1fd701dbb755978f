//! The lists of words. A word that is missing makes a kind weaker; a word that is too common makes it louder.

use super::{
    AGE, ALIKE_NUMBER, BAND, BEGIN, BEHIND_PERSON, CHANGE, CLINICAL, COLUMN, CONDITION, CONNECTION,
    COUNTED, DATE_WORD, DIGIT_WORD, EVENT, GROUP, HAPPENED, HOSPITAL, LABEL, MONTH, NINETY,
    NUMBER_WORD, ORDINAL, OTHER_MONTH, OTHER_NUMBER, PATIENT, PEOPLE, PERSON, PHONE, PROJECT,
    PROVIDER, RATE, RELATIVE, ROLE, SERVICE, STAFF, STAFF_ACT, STAFF_TITLE, STATE, STRONG_EVENT,
    SUFFIX, THING, TITLE, TREATMENT, UNIT, WEAK_CONDITION, WEEKDAY,
};

/// The classes, each with its words.
pub(super) const WORDS: &[(u64, &str)] = &[
    (TITLE, "mr mrs ms miss mx master sir dame lady lord mister missus madam mme"),
    (STAFF_TITLE, "dr doctor prof professor sister matron nurse rev reverend father canon rabbi imam fr brother captain major sgt sergeant cllr"),
    (PATIENT, "patient inpatient outpatient resident pt px sufferer"),
    (
        PERSON,
        "patient inpatient outpatient resident he she him her his hers man woman boy girl baby child infant toddler teenager lady gentleman
         lad mother father daughter son wife husband grandmother grandfather grandson granddaughter twin
         neonate newborn individual person pt pensioner widow widower deceased himself herself woman's man's who",
    ),
    (
        PEOPLE,
        "patients people residents women men children babies individuals persons admissions discharges cases users clients
         adults infants mothers pts inpatients outpatients attendances referrals",
    ),
    (
        MONTH,
        "january february march april may june july august september october november december
         jan feb mar apr jun jul aug sep sept oct nov dec",
    ),
    (
        OTHER_MONTH,
        // Welsh with its mutations, Irish, French, German, Spanish, Italian, Polish, Dutch, Portuguese, Romanian, Turkish.
        "ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr fawrth fai fehefin orffennaf fedi dachwedd ragfyr
         eanair feabhra marta aibrean bealtaine meitheamh iuil lunasa samhain nollaig
         janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
         januar jaenner februar feber marz maerz april juni juli august oktober dezember
         enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
         gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
         stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
         styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien
         januari februari maart mei augustus
         janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro
         ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie
         ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik",
    ),
    (
        CHANGE,
        "changed added updated tested removed modified introduced since deployed mandatory required optional field fields check checks checked-in rule rules
         error errors mismatch mismatches missing blank empty length format column search searches match matching matched merge merges merged tracing coverage completeness
         completed defaulted default report reports audit audits tab table schema must after before until version asked collected tool lookup lookups mandatory duplicates duplicate rose fell",
    ),
    (
        TREATMENT,
        "operation surgery scan ct mri xray blood bloods drip transfusion antibiotics antibiotic penicillin insulin warfarin apixaban heparin
         morphine paracetamol oxygen fluids dose doses tablets medication medicine medicines inhaler chemotherapy radiotherapy dialysis catheter
         cannula wound dressing injection infusion steroids sedation anaesthetic biopsy stent pacemaker ventilator ultrasound endoscopy colonoscopy nebuliser nebulisers physiotherapy rehabilitation epidural stitches sutures splint
         amoxicillin codeine metformin ramipril bisoprolol furosemide clopidogrel aspirin rivaroxaban edoxaban gentamicin vancomycin clozapine lithium methotrexate
         analgesia painkillers eyesight knee shoulder cataract side bed discharge appointment hip
         leg arm",
    ),
    (
        STATE,
        "unwell confused bleeding septic seizing fitting allergic catheterised palliated scanned febrile unconscious unresponsive pregnant drowsy
         agitated dehydrated hypotensive immobile reviewed operated cannulated anticoagulated resuscitated dying diabetic prescribed extubated triaged sedated restrained transfused cared nursed isolated stabilised",
    ),
    (
        CLINICAL,
        "pain dose doses chemo wristband wristbands allergy allergies allergic tto ttos nbm hoist trolley triage triaged obs pregnant blind deaf unwell
         septic catheterised wheelchair commode bedbound dna'd breathless bleeding vomiting vomited palliative dying confused delirious confusion nil-by-mouth
         tablets painkillers bloods transfusion relapse overdose bedpan stroke dnacpr resuscitation delirium",
    ),
    (HAPPENED, "aspirated seized tripped wandered deteriorated overdosed fell slipped waited recovered absconded miscarried vomited bled stayed arrested developed relapsed choked fainted survived"),
    (WEEKDAY, "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"),
    (
        CONDITION,
        "sepsis septic stroke tia cancer carcinoma tumour tumor leukaemia leukemia lymphoma melanoma myeloma sarcoma metastases metastatic
         pneumonia covid influenza flu tuberculosis tb hiv aids hepatitis meningitis encephalitis cellulitis septicaemia bacteraemia
         diabetes diabetic dka hypoglycaemia hyperglycaemia ketoacidosis asthma copd bronchitis bronchiolitis croup embolism dvt thrombosis
         infarction nstemi stemi angina arrhythmia fibrillation tachycardia hypertension hypotension cardiomyopathy
            seizure seizures epilepsy epileptic concussion dementia alzheimer's alzheimer parkinson's parkinson schizophrenia psychosis psychotic
           anxiety anorexia bulimia overdose suicide suicidal self-harm autism adhd ptsd
         fracture fractured fractures dislocation haemorrhage hemorrhage haematoma aneurysm laceration ulcer
         appendicitis cholecystitis pancreatitis colitis crohn's diverticulitis peritonitis hernia gallstones cirrhosis
          renal aki dialysis nephritis pyelonephritis uti gout arthritis osteoporosis lupus psoriasis eczema shingles chickenpox measles mumps
         pregnancy pregnant miscarriage stillbirth stillborn ectopic eclampsia pre-eclampsia caesarean c-section   
         anaemia anaphylaxis anaphylactic intoxication alcoholism 
         amputation hysterectomy mastectomy colectomy appendicectomy thrombectomy biopsy chemotherapy radiotherapy
          cva mnd        prostate ovarian pancreatic
           mrsa norovirus difficile huntington huntington's guillain guillain-barre neurone phaeochromocytoma haematuria sclerosis sarcoidosis thalassaemia haemophilia
           porphyria hydrocephalus glioblastoma glioma endocarditis myocarditis pericarditis endometriosis cushing's addison's sickle nof rta syphilis chlamydia gonorrhoea hypothermia dehydration jaundice",
    ),
    (
        WEAK_CONDITION,
        "failure arrest collapse broken fall fell heart lung kidney labour withdrawal obstruction depression mi pe ms als bypass transplant termination bleed bleeding burn burns wound bowel breast fever rash delirium shock abortion allergy allergic cervical bipolar poisoning infection infected",
    ),
    (
        STRONG_EVENT,
        "admitted readmitted died diagnosed discharged collapsed underwent hospitalised hospitalized sectioned intubated overdosed deceased miscarried",
    ),
    (GROUP, "those all many both they everyone everybody"),
    (
        EVENT,
        "admitted readmitted discharged died diagnosed presented collapsed deceased underwent suffered attended transferred
         operated hospitalised hospitalized treated prescribed intubated ventilated resuscitated delivered seen referred overdosed
         relapsed deteriorated bled vomited aborted miscarried sectioned detained injured death passed",
    ),
    (
        PROJECT,
        "live launched launch rollout rolled alert alerts pathway pathways unit ward wards service services project programme program pilot piloted
         audit audits week clinic clinics team teams dashboard tool tools screening campaign policy guideline guidelines study meeting
         training board trust system systems software upgrade deployed deployment introduced published report reported
         template form forms module app application platform version release released standard standards workshop conference review reviewed survey
         strategy plan collected data register registry reset migrated migration switched moved opened closed began started ended contract
         signed approved bundle protocol scanner kiosk lounge helpline website trial recruited cohort research network nice mhra recall lockdown pandemic
         wave vaccination vaccine vaccines testing restrictions act law hazard configured cutover tested led leads work blog paper talk lecture webinar podcast joined appointed role job steering committee nurses doctors staff downtime outage calls",
    ),
    (
        SERVICE,
        "switchboard reception helpline helpdesk desk service services team teams office department dept ward hospital clinic enquiries enquiry
         freephone hotline line pals surgery practice trust centre center unit bureau headquarters hq secretary secretaries
         booking bookings appointments appointment advice support press media crisis samaritans council supplier vendor company
         infirmary pharmacy library laboratory lab pathology radiology maternity hub station school university college charity
         out-of-hours emergency main general corporate customer call-centre fax ambulance control hospice ltd limited plc partnership
         commissioner ombudsman regulator programme project organisation organization board reporting incident dispatch security estates
         facilities procurement payroll recruitment registrar bank society institute institution group network agency authority it ict servicedesk",
    ),
    (
        RELATIVE,
        "mobile home daughter son wife husband partner mother father mum dad sister brother carer carers relative relatives family kin
         neighbour friend aunt uncle niece nephew grandmother grandfather patient patient's he she him her his personal private own landlady
         granddaughter grandson spouse parent parents nok resident widow widower",
    ),
    (
        PHONE,
        "tel telephone phone phoned phones call called calling calls ring rang rung ringing mobile mob cell cellphone landline number numbers
         contact contacted contactable reach reached reachable text texted sms whatsapp voicemail dial dialled fax facsimile telephoned no on",
    ),
    (
        ROLE,
        "caldicott guardian surname lastname firstname forename england huddle huddles kanban stream streams flow viewer frontline bay bays uec improves improvements boardround handover whiteboard tasks
         info information admin administration administrator office enquiries enquiry contact contactus hello help helpdesk support service services servicedesk desk team teams
         mail mailbox post reception switchboard press media news communications comms marketing web webmaster website webteam postmaster
         hostmaster abuse noreply reply donotreply bounce bounces mailer daemon notifications notification alerts alert alerting newsletter subscribe
         unsubscribe lessons lesson learning library knowledge digital data informatics analytics analysis intelligence bi it ict ig governance
         information-governance dpo foi sar records record records-office privacy security cyber infosec safety clinical clinicalsafety patient patients
         patientsafety pals complaints feedback experience engagement involvement volunteer volunteers careers jobs recruitment hr workforce people
         staff training education academy elearning development research innovation transformation change improvement quality qi audit risk incidents
         incident resilience eprr estates facilities procurement purchasing buying supplies suppliers supplier finance payroll accounts invoices invoice billing orders order
         sales trade customer customers client clients partner partners partnership partnerships programme programmes project projects pmo pm portfolio delivery
         ward wards clinic clinics department dept unit hub centre center hospital hospitals trust nhs icb ics pcn board secretary secretariat
         chair ceo cio ccio cnio cto coo cfo md director directors directorate manager managers management lead leads leadership head medical nursing midwifery midwives
         nurse nurses nurse-lead doctors consultant pharmacy pharmacist radiology imaging pathology lab labs laboratory theatres theatre surgery medicine maternity
         paediatrics children oncology cardiology stroke renal respiratory diabetes dementia mentalhealth mental health community primary care
         virtual ward-virtual discharge referral referrals appointments appointment booking bookings outpatients outpatient bed beds site operations ops
         ambulance emergency urgent crisis outofhours on-call oncall epr epma ehr pas pacs ris lims system systems application applications app apps api
         integration interoperability interop infrastructure network networks server servers cloud platform devops developer developers dev devs test tests testing
         qa build builds release releases ci bot bots robot robots automation rpa ai innovationhub architecture architect architects design ux user research-team
         product products group groups forum committee council network-team community-team society association institute college university school faculty
         events event conference bookings-team registration membership members member editor editors editorial publishing publications content docs documentation
         legal law counsel compliance ethics equality inclusion diversity sustainability green wellbeing wellness occupational chaplaincy spiritual
         charity fundraising donations donate grants funding bids tenders contract contracts commercial strategy planning performance reporting reports report
         root user users git git-user svn ubuntu ec2 deploy deployer deployment jenkins github gitlab azure aws docker postgres mysql oracle sql www ftp sftp ssh
         questions query queries request requests general main central generic shared common group-mailbox inbox box all everyone announce announcements list lists
         travel inquiries inquiry onboarding agreements agreement benefits benefit retirement welcome apply application vacancies vacancy refunds returns dispatch loans repairs repair housing parking transport
         introductions introduction exchange federation wardround node nodes operator operators maintainers maintainer
         configuration config kiosk kiosks records-team scanning coding clinicalcoding rota rotas rostering erostering bleep bleeps telephony voice wifi devices device
         infection prevention control ipc safeguarding palliative frailty falls sepsis tissue viability nutrition dietetics physio physiotherapy therapy therapies ot ahp
         optometry audiology dental orthotics podiatry speech language psychology psychiatry camhs cmht sexual vaccination vaccinations vaccine flu covid screening
         access portal login account signin sign-in sso identity smartcard smartcards ra registrationauthority spine ods terminology snomed dmd pathways
         weather business continuity bc dr major medicaldevices meme ebme equipment assets asset stores logistics transport patienttransport catering cleaning portering
         neighbourhood neighborhood scribe kids young young-people youth families family carers carer open hi ask ideas idea suggestions share sharing fellows
         outreach liaison link links champions champion coach coaching mentor improvementhub insight insights survey surveys evaluation",
    ),
    (
        STAFF,
        "consultant surgeon physician anaesthetist radiologist pathologist registrar nurse sister matron midwife pharmacist physiotherapist
         therapist dietitian psychologist psychiatrist paediatrician oncologist cardiologist geriatrician gp doctor lead leads director manager officer
         chief head secretary chair chairman chairwoman chairperson trustee governor mp minister mayor ccio cnio cio ceo coo cfo md analyst developer
         engineer architect administrator clerk coordinator co-ordinator specialist advisor adviser author researcher lecturer professor
         president vice deputy associate assistant coroner solicitor barrister judge inspector auditor trainer champion facilitator practitioner
         superintendent councillor chaplain porter technician radiographer paramedic scientist informatician programme project product designer librarian
         staff team colleague colleagues advocate representative rep ambassador volunteer commissioner",
    ),
    (
        THING,
        "nhs service services idea project programme hospital trust unit network system policy company charity organisation organization movement
         initiative concept group team partnership collaboration tool approach model building wing boiler institution tradition estate ward site
         infirmary workhouse record code software platform app standard name plan vision need necessity problem question tree house centre school church machine equipment
         database server mainframe railway bridge university college business firm",
    ),
    (
        COUNTED,
        "patients patient people residents inpatients outpatients deaths death died admissions admitted readmissions births stillbirths women men children
         babies infants neonates persons individuals cases case infections falls fallers injuries harms harmed suicides overdoses amputations
         mothers boys girls males females users clients transfers cohort pts participants carers arrests fractures ulcers discharges",
    ),
    (
        RATE,
        "per rate rates percent percentage ratio average mean median minutes minute mins min hours hour hrs days day weeks week months month seconds years year time times
         cost costs gbp score scores index target grade rank ranking likert satisfaction wards ward staff beds bed sites site nurses doctors hospitals trusts
         devices clicks fields steps version stage phase level priority order id number no step week rating points weight factor interval sd iqr p value
         clinics appointments forms systems letters calls messages documents licences screens teams rooms questions items tests samples",
    ),
    (
        CONNECTION,
        "is was of as recorded given shown listed entered stated registered the a patient patients his her their record records reads read said says being
         now correct actually wrongly incorrectly dd mm yyyy yy ddmmyyyy format for this that baby child mother field box column showed shows appears
         confirmed known written typed noted and our my your it's were had has been to be equals value text displayed i.e eg e.g are client resident in on system full approx ct code codes unknown later found thought believed not",
    ),
    (
        NUMBER_WORD,
        "number numbers numbr nubmer no nos num nr id ids identifier identifiers identification ref reference n",
    ),
    (
        OTHER_NUMBER,
        "order orders invoice invoices purchase po ticket tickets incident inc change chg req rfc jira account acct policy contract tender
         company charity registration vat utr uprn gtin ean upc barcode barcodes tracking consignment parcel serial part sku model asset assets tag
         timestamp timestamps epoch unix version build revision commit hash checksum imei imsi iccid mac pin bleep pager extension ext
         sort iban bic licence license certificate patent trademark grant award nct isrctn protocol iras eudract pmid pmcid arxiv oid
         gmc nmc hcpc gphc gdc ods dm+d dmd vtm vmp amp ampp icd opcs loinc batch lot catalogue product job jobs vacancy quote quotation delivery docket
         requisition workorder wo pages page pageid wiki dp status comments comment gid discussion topic topics questions videos video bug issue pull pr kb stock meter vehicle reservation locker voucher membership donation pallet container shipment",
    ),
    (
        ALIKE_NUMBER,
        "isbn isbn10 isbn13 isbn-10 isbn-13 doi snomed sctid concept conceptid descriptionid tel telephone phone fax facsimile mobile landline freephone switchboard helpline issn ismn sct",
    ),
    (
        HOSPITAL,
        "hospital hosp hosptial hopsital hospial patient pas unit district mrn rio emis systmone cerner epr pt chi casenote casenotes crn lorenzo medway careflow nerve paris chart attendance",
    ),
    (
        LABEL,
        "dob dobs bday patientdob ptdob ed encounter spell episode lcr trust dateofbirth birthdate birthdates birthday birthtime born mrn mrns hospno hospnumber hospid mrnno patientno ptid ptno hospitalnumber hospitalno patientid hospitalid patientnumber casenote crn nhsnumber nhsno nhsid
         patientname date dates day birth nhs case medical health clinical hospital hosptial hopsital hospial patient local hosp pas unit district rio emis systmone cerner epr pt chi
         casenotes inpatient outpatient resident chart attendance pid geburtsdatum geburtstag geboortedatum fecha data dyddiad dogum ne nee geb geboren nacido nacida
         nato nata ganwyd anwyd name surname forename enw enw'r rhif lorenzo medway careflow paris",
    ),
    (
        COLUMN,
        "dob patientdob ptdob birth born birthdate dateofbirth nhs nhsnumber mrn hospital hospitalnumber patient patientid patientname name surname forename age phone telephone tel mobile
         email mail postcode address patients deaths count n cases number",
    ),
    (
        ORDINAL,
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth
         nineteenth twentieth thirtieth",
    ),
    (
        UNIT,
        "mg mcg ug kg g ml l litres mmol units percent per minutes mins min hours hrs days weeks months seconds beds wards staff nurses doctors
         sites trusts patients people users devices gb mb tb kb mph km miles m cm mm degrees points clinics letters forms pages fields items
         results calls tickets requests records documents questions times bpm mmhg k p pence pounds million thousand hundred bn",
    ),
    (
        PROVIDER,
        "gmail googlemail hotmail outlook live msn yahoo ymail icloud me mac aol btinternet btopenworld sky virginmedia virgin ntlworld talktalk
         tiscali blueyonder plusnet protonmail proton zoho gmx fastmail mail tutanota tutamail hey rocketmail orange o2 vodafone ee freeserve hushmail yandex qq
         163 naver inbox mailbox duck fsmail lineone supanet tesco interia rediffmail wanadoo laposte sfr freenet posteo comcast verizon hanmail ntl ukonline zen mailru
         bellsouth sbcglobal libero onet seznam",
    ),
    (AGE, "age aged ages"),
    (
        BAND,
        "over under above below older younger more less plus between from to least minimum maximum up upwards through until beyond band bands group groups range than and-over",
    ),
    (
        DATE_WORD,
        "ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr
         the twenty thirty january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
         monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
         first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth
         nineteenth twentieth thirtieth",
    ),
    (SUFFIX, "st nd rd th"),
    (
        BEHIND_PERSON,
        "is was has had who whose in on with and at from to of called named said says did does would could will can may might should lives lived came went got felt fell were because after before when then but or for under waited asked needed rang complained wrote returned stayed left became received by as aged age since",
    ),
    (
        STAFF_ACT,
        "operated reviewed led leads chaired chairs presented wrote treats sees runs manages prescribed examined explained asked visited opened spoke thanked met praised showed taught built launched works worked designed trained visits performed operates
         demonstrated marks checks ran welcomes welcomed introduced approved configured installed proposed suggested audited published managed recommends supervises",
    ),
    (NINETY, "ninety"),
    (BEGIN, "hundred nonagenarian centenarian nineties at baby"),
    (DIGIT_WORD, "one two three four five six seven eight nine"),
];

/// Words that are no names although they have a capital behind a title or before `patient`.
pub(super) const NO_NAMES: (u64, &str) = (
    super::NO_NAME,
    "patient patients index data scan scans scanner imaging angiogram angiography teams word office excel access azure sql windows exchange outlook powerpoint
     project planner visio defender intune edge forms list lists file files copy key record records document template plan schedule class degree thesis
     bedroom suite switch node branch chief of the a an and or for to in on at is was our your their his her this that these those
     surname name lastname firstname forename somebody anybody president chairman chair speaker minister mayor justice judge chancellor appointments appointment medication
     opportunity deadline target dose doses lead nurse doctor consultant i ii iii safety care service team ward unit hospital trust practice sinai foster who
     january february march april june july august september october november december monday tuesday wednesday thursday friday saturday sunday
     safety experience portal flow transport advice administration",
);
