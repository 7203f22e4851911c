package io.gatehouse.keycloak.events;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * One thing that happened to one user or organisation, waiting to be relayed. It says what and to whom; the state of the subject is
 * read when the row is sent.
 *
 * <p>Rows are written with {@code em.persist}: Keycloak commits asynchronously when a transaction holds nothing but entities that allow
 * it ({@code org.keycloak.connections.jpa.AsyncCommitIntegrator}), and a plain entity such as this one is what makes the commit wait
 * for the disk. An insert by query would be invisible to that check, and the row could be lost with the database server.
 */
@Entity
@Table(name = "GATEHOUSE_OUTBOX")
public class OutboxRow {

    /** Who the row is about; decides which state goes along. */
    public enum SubjectKind { USER, ORGANIZATION }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "ID")
    private Long id;

    @Column(name = "EVENT_ID", nullable = false, length = 36)
    private String eventId;

    @Column(name = "REALM_ID", nullable = false, length = 36)
    private String realmId;

    @Column(name = "REALM_NAME", nullable = false)
    private String realmName;

    @Enumerated(EnumType.STRING)
    @Column(name = "SUBJECT_KIND", nullable = false, length = 12)
    private SubjectKind subjectKind;

    @Column(name = "SUBJECT_ID", nullable = false)
    private String subjectId;

    @Column(name = "EVENT_TYPE", nullable = false)
    private String eventType;

    @Column(name = "OCCURRED_AT", nullable = false)
    private long occurredAt;

    @Column(name = "EVENT", nullable = false, length = 4000)
    private String event;

    @Column(name = "TRACE_PARENT", nullable = false, length = 55)
    private String traceParent;

    /** For JPA only. */
    protected OutboxRow() {
    }

    OutboxRow(CapturedEvent captured, String traceParent) {
        this.eventId = captured.id();
        this.realmId = captured.realmId();
        this.realmName = captured.realmName();
        this.subjectKind = captured.subjectKind();
        this.subjectId = captured.subjectId();
        this.eventType = captured.type();
        this.occurredAt = captured.occurredAt();
        this.event = captured.json();
        this.traceParent = traceParent;
    }

    public Long getId() {
        return id;
    }

    /** The id of the Keycloak event; the same however often the row is sent. */
    public String getEventId() {
        return eventId;
    }

    public String getRealmId() {
        return realmId;
    }

    public String getRealmName() {
        return realmName;
    }

    public SubjectKind getSubjectKind() {
        return subjectKind;
    }

    /** User or organisation id: the key of the Kafka record. */
    public String getSubjectId() {
        return subjectId;
    }

    /** CloudEvents type. */
    public String getEventType() {
        return eventType;
    }

    /** Milliseconds since the epoch. */
    public long getOccurredAt() {
        return occurredAt;
    }

    /** JSON object of the allow-listed fields of the event. */
    public String getEvent() {
        return event;
    }

    /** W3C trace context of the request that caused the event. */
    public String getTraceParent() {
        return traceParent;
    }
}
