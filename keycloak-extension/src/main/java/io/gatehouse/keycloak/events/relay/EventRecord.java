package io.gatehouse.keycloak.events.relay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.gatehouse.keycloak.events.OutboxRow;
import io.gatehouse.keycloak.events.TraceParent;

/** A row and the state of its subject as a Kafka record: CloudEvents 1.0, binary content mode. */
final class EventRecord {

    private static final ObjectMapper JSON = new ObjectMapper();

    private EventRecord() {
    }

    /**
     * @param subject state of the user or organisation that the row is about, {@code null} when it is gone
     * @throws JsonProcessingException if the row does not hold JSON, which only a hand in the database can cause
     */
    static ProducerRecord<String, byte[]> of(String topic, OutboxRow row, ObjectNode subject, long sequence)
            throws JsonProcessingException {
        boolean organization = row.getSubjectKind() == OutboxRow.SubjectKind.ORGANIZATION;
        ObjectNode event = (ObjectNode) JSON.readTree(row.getEvent());
        event.set("organization", organization ? subject : null);
        ObjectNode value = JSON.createObjectNode();
        value.set("event", event);
        value.set("user", organization ? null : subject);

        ProducerRecord<String, byte[]> outgoing = new ProducerRecord<>(topic, row.getSubjectId(), JSON.writeValueAsBytes(value));
        Headers headers = outgoing.headers();
        add(headers, "ce_specversion", "1.0");
        add(headers, "ce_id", row.getEventId());
        add(headers, "ce_source", "/realms/" + row.getRealmName());
        add(headers, "ce_type", row.getEventType());
        add(headers, "ce_subject", row.getSubjectId());
        add(headers, "ce_time", Instant.ofEpochMilli(row.getOccurredAt()).toString());
        add(headers, "ce_sequence", Long.toString(sequence));
        add(headers, "content-type", "application/json");
        add(headers, TraceParent.HEADER, row.getTraceParent());
        return outgoing;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
