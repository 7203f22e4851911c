-- What caused the last change of a key (W3C Trace Context), which the record that is published for it carries.
ALTER TABLE changed_keys
    ADD COLUMN trace_parent text,
    ADD CONSTRAINT changed_keys_trace_parent_is_one CHECK (length(trace_parent) = 55);
