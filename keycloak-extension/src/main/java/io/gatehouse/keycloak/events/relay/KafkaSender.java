package io.gatehouse.keycloak.events.relay;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import io.gatehouse.keycloak.events.EventsConfig;

/** A Kafka producer that never waits long: whoever uses it retries for ever and has to be able to stop at any time. */
final class KafkaSender implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

    private final KafkaProducer<String, byte[]> producer;
    private final String topic;

    KafkaSender(EventsConfig config) {
        this.producer = new KafkaProducer<>(properties(config));
        this.topic = config.topic();
    }

    /** Returns when a broker has told where the topic is, or throws {@link org.apache.kafka.common.errors.TimeoutException}. */
    void awaitTopic() {
        producer.partitionsFor(topic);
    }

    Future<RecordMetadata> send(ProducerRecord<String, byte[]> outgoing) {
        return producer.send(outgoing);
    }

    /** Returns when everything sent so far is either acknowledged or has failed. */
    void flush() {
        producer.flush();
    }

    String topic() {
        return topic;
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }

    /** The operator's properties may add, and change the time limits; what order and durability rest on is fixed. */
    static Properties properties(EventsConfig config) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "gatehouse-keycloak-relay");
        // A round goes out on flush, as one batch a partition: the rows of a user are taken together or refused together.
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, "900000");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "1000");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "2000");
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "8000");
        properties.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, "500");
        properties.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "5000");
        properties.putAll(config.producer());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return properties;
    }
}
