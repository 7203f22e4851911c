package io.gatehouse.keycloak.events;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;

import io.gatehouse.keycloak.events.OutboxRow.SubjectKind;

/**
 * Decides which events of Keycloak are worth a row, and whom each is about. Everything is an allow-list: a type that Keycloak adds
 * tomorrow is left out until somebody has looked at it.
 */
final class EventMapping {

    /**
     * The deprecated twins UPDATE_PASSWORD, UPDATE_TOTP and REMOVE_TOTP are missing on purpose: Keycloak still fires each of them
     * beside UPDATE_CREDENTIAL or REMOVE_CREDENTIAL, in the same transaction.
     */
    private static final Set<EventType> USER_EVENTS = Set.of(
            EventType.REGISTER, EventType.LOGIN, EventType.LOGIN_ERROR, EventType.LOGOUT, EventType.IMPERSONATE,
            EventType.UPDATE_PROFILE, EventType.VERIFY_PROFILE, EventType.UPDATE_EMAIL, EventType.VERIFY_EMAIL,
            EventType.UPDATE_CREDENTIAL, EventType.REMOVE_CREDENTIAL, EventType.RESET_PASSWORD,
            EventType.FEDERATED_IDENTITY_LINK, EventType.REMOVE_FEDERATED_IDENTITY, EventType.FEDERATED_IDENTITY_OVERRIDE_LINK,
            EventType.DELETE_ACCOUNT, EventType.USER_DISABLED_BY_PERMANENT_LOCKOUT, EventType.USER_DISABLED_BY_TEMPORARY_LOCKOUT);

    private static final Set<EventType> LOGIN_EVENTS = Set.of(EventType.LOGIN, EventType.LOGIN_ERROR);

    /** Most events are of these types, and none of them is about a change of what is told of a person. */
    private static final Set<String> PATIENT = Stream.of(EventType.LOGIN, EventType.LOGIN_ERROR, EventType.LOGOUT)
            .map(EventMapping::userType).collect(Collectors.toUnmodifiableSet());

    /** Reported by the model instead ({@link #membership}): the administrator's event of a new member does not name the user. */
    private static final Set<ResourceType> REPORTED_ELSEWHERE = Set.of(ResourceType.ORGANIZATION_MEMBERSHIP);

    private static final Pattern USER_PATH = Pattern.compile("(?:.*/)?users/([^/]{1,255})(?:/([a-z-]{1,40}))?(?:/.*)?");
    private static final Pattern ORGANIZATION_PATH = Pattern.compile("organizations/([^/]{1,36})(?:/([a-z-]{1,40}))?(?:/.*)?");
    private static final Pattern PLAIN_WORD = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private EventMapping() {
    }

    static Optional<CapturedEvent> of(Event event, String realmName) {
        if (!USER_EVENTS.contains(event.getType()) || event.getUserId() == null) {
            return Optional.empty();
        }
        Map<String, String> details = event.getDetails() == null ? Map.of() : event.getDetails();
        String ipAddress = LOGIN_EVENTS.contains(event.getType()) ? event.getIpAddress() : null;
        return Optional.of(new CapturedEvent(event.getId(), userType(event.getType()), event.getRealmId(), realmName,
                SubjectKind.USER, event.getUserId(), event.getTime(), clientId(event.getClientId()), ipAddress, null, null, null,
                word(event.getError()), null, word(details.get(Details.CREDENTIAL_TYPE)), word(details.get(Details.REASON))));
    }

    /**
     * Routed by the path, not by the resource type alone: a partial import reports its users as type REALM. The user in the path is
     * the one affected; the one in the event's authentication details is the administrator.
     */
    static Optional<CapturedEvent> of(AdminEvent event, String realmName) {
        if (event.getError() != null || event.getResourcePath() == null || REPORTED_ELSEWHERE.contains(event.getResourceType())) {
            return Optional.empty();
        }
        Matcher user = USER_PATH.matcher(event.getResourcePath());
        if (user.matches()) {
            return Optional.of(admin(event, realmName, SubjectKind.USER, user));
        }
        Matcher organization = ORGANIZATION_PATH.matcher(event.getResourcePath());
        if (event.getResourceType() == ResourceType.ORGANIZATION && organization.matches()) {
            return Optional.of(admin(event, realmName, SubjectKind.ORGANIZATION, organization));
        }
        return Optional.empty();
    }

    /** Whether half a second does no harm to its record, so that it can share a round of the relay with many others. */
    static boolean canWait(CapturedEvent event) {
        return PATIENT.contains(event.type());
    }

    /** A user joined or left an organisation, by whatever door; Keycloak's model tells, no event does for all of them. */
    static CapturedEvent membership(String realmId, String realmName, String userId, OperationType operation, long now) {
        return synthetic(realmId, realmName, userId, ResourceType.ORGANIZATION_MEMBERSHIP, operation, now);
    }

    /** A user was removed without an event of its own, such as a managed member of an organisation. */
    static CapturedEvent removal(String realmId, String realmName, String userId, long now) {
        return synthetic(realmId, realmName, userId, ResourceType.USER, OperationType.DELETE, now);
    }

    /** Somebody asked for the present state of a user or organisation. */
    static CapturedEvent resync(String realmId, String realmName, SubjectKind kind, String subjectId, long now) {
        return new CapturedEvent(UUID.randomUUID().toString(), "io.gatehouse.resync", realmId, realmName, kind, subjectId, now,
                null, null, null, kind.name(), null, null, null, null, null);
    }

    private static CapturedEvent admin(AdminEvent event, String realmName, SubjectKind kind, Matcher path) {
        return new CapturedEvent(event.getId(), adminType(event.getResourceTypeAsString(), event.getOperationType()), event.getRealmId(),
                realmName, kind, path.group(1), event.getTime(), null, null, String.valueOf(event.getOperationType()),
                event.getResourceTypeAsString(), path.group(2), null, null, null, null);
    }

    private static CapturedEvent synthetic(String realmId, String realmName, String userId, ResourceType resource,
                                           OperationType operation, long now) {
        return new CapturedEvent(UUID.randomUUID().toString(), adminType(resource.name(), operation), realmId, realmName,
                SubjectKind.USER, userId, now, null, null, operation.name(), resource.name(), null, null, null, null, null);
    }

    private static String userType(EventType type) {
        return "org.keycloak.user." + type;
    }

    private static String adminType(String resource, OperationType operation) {
        return "org.keycloak.admin." + resource + "." + operation;
    }

    /** A client id is free text in failed logins, where it is whatever the caller sent. */
    private static String clientId(String value) {
        return value == null || value.length() > 255 ? null : value;
    }

    /** Error codes and credential types are plain words; anything else might quote what somebody typed. */
    private static String word(String value) {
        return value != null && PLAIN_WORD.matcher(value).matches() ? value : null;
    }
}
