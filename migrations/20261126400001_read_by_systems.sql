-- Which systems have read what is held about whom, and on which day last: the trail says it once a day.
CREATE TABLE person_reads (
    user_id text NOT NULL,
    client_id text NOT NULL,
    read_on date NOT NULL,
    CONSTRAINT person_reads_pkey PRIMARY KEY (user_id, client_id)
);
