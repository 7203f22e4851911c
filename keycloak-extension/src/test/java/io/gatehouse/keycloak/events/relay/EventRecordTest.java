package io.gatehouse.keycloak.events.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.gatehouse.keycloak.events.EventsConfig;
import io.gatehouse.keycloak.events.OutboxRow;
import io.gatehouse.keycloak.events.RowFixture;

class EventRecordTest {

    private final ObjectNode state = JsonNodeFactory.instance.objectNode().put("id", "s-1");

    @Test
    void isACloudEventInBinaryModeKeyedByTheSubject() throws Exception {
        ProducerRecord<String, byte[]> outgoing = EventRecord.of("events", RowFixture.user(), state, 42);

        Map<String, String> headers = new LinkedHashMap<>();
        outgoing.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        assertEquals("s-1", outgoing.key());
        assertEquals(null, outgoing.partition());
        assertEquals(Map.of("ce_specversion", "1.0", "ce_id", "e-1", "ce_source", "/realms/gatehouse", "ce_type", "org.keycloak.user.LOGIN",
                "ce_subject", "s-1", "ce_time", "2023-11-14T22:13:20Z", "ce_sequence", "42", "content-type", "application/json",
                "traceparent", RowFixture.TRACE_PARENT), headers);
        assertEquals("{\"event\":{\"id\":\"e-1\",\"type\":\"org.keycloak.user.LOGIN\",\"realm\":\"gatehouse\",\"client_id\":null,"
                + "\"ip_address\":null,\"operation\":null,\"resource\":null,\"path_kind\":null,\"error\":null,\"device\":null,"
                + "\"details\":{\"credential_type\":null,\"reason\":null},\"organization\":null},\"user\":{\"id\":\"s-1\"}}", value(outgoing));
    }

    @Test
    void putsAnOrganisationIntoTheEvent() throws Exception {
        String value = value(EventRecord.of("events", RowFixture.organization(), state, 1));

        assertEquals("\"organization\":{\"id\":\"s-1\"}},\"user\":null}", value.substring(value.indexOf("\"organization\":{")));
    }

    @Test
    void writesNullForAUserWhoIsGone() throws Exception {
        String value = value(EventRecord.of("events", RowFixture.user(), null, 1));

        assertEquals("\"organization\":null},\"user\":null}", value.substring(value.indexOf("\"organization\"")));
    }

    @Test
    void noPropertiesFileCanWeakenDelivery() {
        Properties given = new Properties();
        given.put("acks", "0");
        given.put("enable.idempotence", "false");
        given.put("security.protocol", "SASL_SSL");

        Properties effective = KafkaSender.properties(new EventsConfig(true, Set.of("gatehouse"), "broker:9092", "events", given));

        assertEquals("all", effective.get("acks"));
        assertEquals("true", effective.get("enable.idempotence"));
        assertEquals("SASL_SSL", effective.get("security.protocol"));
    }

    private static String value(ProducerRecord<String, byte[]> outgoing) {
        return new String(outgoing.value(), UTF_8);
    }
}
