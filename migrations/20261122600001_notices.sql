-- Mails and text messages that tell people something, other than codes. Once sent, a row keeps neither
-- address nor content.
CREATE TABLE notices (
    notice_id uuid NOT NULL,
    user_id text, -- NULL: somebody who has no account
    kind text NOT NULL,
    channel text NOT NULL,
    address text,
    language text NOT NULL,
    facts jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CONSTRAINT notices_pkey PRIMARY KEY (notice_id),
    CONSTRAINT notices_channel_known CHECK (channel IN ('email', 'sms')),
    CONSTRAINT notices_content_until_sent CHECK (
        (sent_at IS NULL) = (address IS NOT NULL) AND (address IS NULL) = (facts IS NULL))
);
CREATE INDEX notices_user_id_idx ON notices (user_id);
CREATE INDEX notices_created_at_idx ON notices (created_at);

-- When an address was last told of a matter that it hears of at most once an hour. The recipient is a
-- hash of person and address.
CREATE TABLE notice_times (
    recipient bytea NOT NULL,
    matter text NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notice_times_pkey PRIMARY KEY (recipient, matter),
    CONSTRAINT notice_times_recipient_is_sha256 CHECK (octet_length(recipient) = 32)
);
CREATE INDEX notice_times_told_at_idx ON notice_times (told_at);

-- Browsers that people have signed in with, by the hash of a random number that the browser keeps.
CREATE TABLE known_devices (
    user_id text NOT NULL,
    device bytea NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT known_devices_pkey PRIMARY KEY (user_id, device),
    CONSTRAINT known_devices_device_is_sha256 CHECK (octet_length(device) = 32)
);
CREATE INDEX known_devices_last_seen_at_idx ON known_devices (last_seen_at);
