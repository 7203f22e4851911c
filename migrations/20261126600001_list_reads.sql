-- Which systems have read which lists, of which company ('' for those of all), and how much of them on the day last: the trail says it once a day.
CREATE TABLE list_reads (
    client_id text NOT NULL,
    list text NOT NULL,
    company text NOT NULL,
    read_on date NOT NULL,
    calls bigint NOT NULL,
    entries bigint NOT NULL,
    -- The day before that: its calls and entries.
    day_before jsonb,
    CONSTRAINT list_reads_pkey PRIMARY KEY (client_id, list, company)
);
