-- People who can sign in to this node. `email` is in lower case. `password` is an argon2id hash in PHC form; null for
-- those who sign in through a provider only, and until an invitation is accepted.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'contributor', 'editor', 'administrator')),
    password TEXT,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT,
    disabled_at BIGINT
);
CREATE INDEX accounts_by_name ON accounts (name, id);

-- Which account a person of an OpenID provider has. The subject is for ever; an e-mail address is not.
CREATE TABLE account_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX account_identities_by_account ON account_identities (account);

-- Sessions of browsers. `id` is the SHA-256 of the id in the cookie, so that a copy of the database opens none.
-- `account` is null while a person is at an OpenID provider.
CREATE TABLE sessions (
    id BYTEA PRIMARY KEY,
    account TEXT REFERENCES accounts (id),
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- One-time links by the SHA-256 of their secret part. `account` is null for the link that makes the first
-- administrator. A link that was used or has expired is kept for a while, so that its page can say which.
CREATE TABLE account_links (
    digest BYTEA PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('first', 'invitation', 'reset')),
    account TEXT REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX account_links_by_account ON account_links (account);
CREATE INDEX account_links_by_expiry ON account_links (expires_at);

-- Personal access tokens by the SHA-256 of the token.
CREATE TABLE access_tokens (
    digest BYTEA PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX access_tokens_by_account ON access_tokens (account);
