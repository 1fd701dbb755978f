//! OpenID providers in the configuration: a table `[oidc.NAME]` for each, or variables `WARDROUND_OIDC_NAME_KEY`.

use std::collections::BTreeMap;

use accounts::oidc::ProviderSettings;
use wire::Role;
use zeroize::Zeroizing;

use super::values::MASK;

/// The table of all providers.
pub(super) const TABLE: &str = "oidc";
const VARIABLES: &str = "WARDROUND_OIDC_";
/// Providers of one node.
const MAX_PROVIDERS: usize = 16;

/// A key of a provider.
pub(super) struct ProviderKey {
    pub(super) name: &'static str,
    pub(super) form: &'static str,
    pub(super) about: &'static str,
    pub(super) secret: bool,
    set: fn(&mut ProviderSettings, &str) -> Result<(), String>,
    get: fn(&ProviderSettings) -> Option<String>,
}

pub(super) const PROVIDER_KEYS: [ProviderKey; 10] = [
    ProviderKey {
        name: "title",
        form: "text",
        about: "What the button on the sign-in page says, after `Sign in with`.",
        secret: false,
        set: |provider, text| {
            let is_title =
                (1..=40).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            set_if(
                &mut provider.title,
                text,
                is_title,
                "give 1 to 40 characters on one line",
            )
        },
        get: |provider| Some(provider.title.clone()),
    },
    ProviderKey {
        name: "issuer",
        form: "an `https` address",
        about: "The issuer, exactly as the provider states it in `/.well-known/openid-configuration`.",
        secret: false,
        set: |provider, text| {
            let is_address = ProviderSettings::is_address(text);
            set_if(
                &mut provider.issuer,
                text,
                is_address,
                "give an `https` address",
            )
        },
        get: |provider| some(&provider.issuer),
    },
    ProviderKey {
        name: "client_id",
        form: "text",
        about: "The id that the provider has given to this site.",
        secret: false,
        set: |provider, text| set_if(&mut provider.client_id, text, true, ""),
        get: |provider| some(&provider.client_id),
    },
    ProviderKey {
        name: "client_secret",
        form: "text",
        about: "The secret that the provider has given to this site. Without it the site is a public client.",
        secret: true,
        set: |provider, text| {
            // An empty one would be sent, and a provider refuses it for a public client.
            let secret = || Zeroizing::new(text.to_owned());
            provider.client_secret = (!text.is_empty()).then(secret);
            Ok(())
        },
        get: |provider| provider.client_secret.as_ref().map(|_| MASK.to_owned()),
    },
    ProviderKey {
        name: "scopes",
        form: "a list of scopes; elsewhere `SCOPE,SCOPE`",
        about: "What is asked for besides `openid`, `email` and `profile`. Many providers put the claim `groups` into a token only if the scope `groups` is asked for.",
        secret: false,
        set: |provider, text| {
            let scopes: Vec<String> = split(text).map(str::to_owned).collect();
            // RFC 6749 §3.3.
            let is_scope = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
            if !scopes.iter().all(|scope| scope.chars().all(is_scope)) {
                return Err("give scopes such as `groups`".to_owned());
            }
            provider.scopes = scopes;
            Ok(())
        },
        get: |provider| some(&provider.scopes.join(",")),
    },
    ProviderKey {
        name: "domains",
        form: "a list of domains; elsewhere `DOMAIN,DOMAIN`",
        about: "Who may sign in: people whose e-mail address has one of these domains.",
        secret: false,
        set: |provider, text| {
            let domains: Vec<String> = split(text).map(str::to_ascii_lowercase).collect();
            let are_domains = domains
                .iter()
                .all(|domain| domain.contains('.') && !domain.contains(['@', '*', '/']));
            if domains.is_empty() || !are_domains {
                return Err("give domains such as `northmoor.nhs.uk`".to_owned());
            }
            provider.domains = domains;
            Ok(())
        },
        get: |provider| some(&provider.domains.join(",")),
    },
    ProviderKey {
        name: "trust_email",
        form: "`true` or `false`",
        about: "Whether e-mail addresses count as verified where the provider does not say so. For a provider that only your organisation administers, such as your own tenant of Entra.",
        secret: false,
        set: |provider, text| {
            provider.trust_email = text
                .parse()
                .map_err(|_| "give `true` or `false`".to_owned())?;
            Ok(())
        },
        get: |provider| Some(provider.trust_email.to_string()),
    },
    ProviderKey {
        name: "role_claim",
        form: "the name of a claim, such as `roles` or `realm_access.roles`",
        about: "The claim that has the role. With it the provider decides the role at each sign-in.",
        secret: false,
        set: |provider, text| {
            provider.role_claim = Some(text.to_owned());
            Ok(())
        },
        get: |provider| provider.role_claim.clone(),
    },
    ProviderKey {
        name: "roles",
        form: "a table of values and roles; elsewhere `VALUE=ROLE,VALUE=ROLE`",
        about: "The role of each value of the claim. Without it the values are the names of the roles.",
        secret: false,
        set: |provider, text| {
            provider.roles = roles(text)?;
            Ok(())
        },
        get: |provider| {
            let pairs = provider
                .roles
                .iter()
                .map(|(value, role)| format!("{value}={role}"));
            some(&pairs.collect::<Vec<_>>().join(","))
        },
    },
    ProviderKey {
        name: "default_role",
        form: "`reader`, `contributor`, `editor`, `administrator` or `none`",
        about: "The role of people who have none by the claim. With `none` they cannot sign in, unless an administrator has added them.",
        secret: false,
        set: |provider, text| {
            provider.default_role = match text {
                "none" => None,
                text => Some(text.parse::<Role>()?),
            };
            Ok(())
        },
        get: |provider| {
            let role = provider.default_role.map_or("none", Role::as_str);
            Some(role.to_owned())
        },
    },
];

impl ProviderKey {
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        PROVIDER_KEYS.iter().find(|key| key.name == name)
    }

    pub(super) fn get(&self, provider: &ProviderSettings) -> Option<String> {
        (self.get)(provider)
    }
}

/// Sets a key of a provider, which begins with it.
pub(super) fn set(
    providers: &mut BTreeMap<String, ProviderSettings>,
    name: &str,
    key: &ProviderKey,
    text: &str,
) -> Result<(), String> {
    let is_name = (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_name {
        return Err(
            "the name of a provider has 1 to 32 small letters, digits and hyphens".to_owned(),
        );
    }
    if !providers.contains_key(name) && providers.len() >= MAX_PROVIDERS {
        return Err(format!("there can be {MAX_PROVIDERS} providers"));
    }
    let provider = providers
        .entry(name.to_owned())
        .or_insert_with(|| ProviderSettings {
            name: name.to_owned(),
            title: name.to_owned(),
            default_role: Some(Role::Reader),
            ..ProviderSettings::default()
        });
    (key.set)(provider, text)
}

/// Returns the provider and the key that a variable sets, and whether the variable names a file.
pub(super) fn variable(name: &str) -> Option<(String, &'static ProviderKey, bool)> {
    let rest = name.strip_prefix(VARIABLES)?;
    let (plain, is_file) = match rest.strip_suffix("_FILE") {
        Some(plain) => (plain, true),
        None => (rest, false),
    };
    PROVIDER_KEYS.iter().find_map(|key| {
        let provider = plain
            .strip_suffix(&key.name.to_uppercase())?
            .strip_suffix('_')?;
        let fits = !provider.is_empty() && (!is_file || key.secret);
        let name = provider.to_lowercase().replace('_', "-");
        fits.then_some((name, key, is_file))
    })
}

fn set_if(place: &mut String, text: &str, is_right: bool, otherwise: &str) -> Result<(), String> {
    if !is_right {
        return Err(otherwise.to_owned());
    }
    text.clone_into(place);
    Ok(())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn roles(text: &str) -> Result<BTreeMap<String, Role>, String> {
    split(text)
        .map(|pair| {
            let (value, role) = pair
                .rsplit_once('=')
                .ok_or_else(|| format!("`{pair}` is not `VALUE=ROLE`"))?;
            Ok((value.trim().to_owned(), role.trim().parse()?))
        })
        .collect()
}
