package io.gatehouse.keycloak.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.AuthDetails;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;

import io.gatehouse.keycloak.events.OutboxRow.SubjectKind;

class EventMappingTest {

    private static final String REALM = "gatehouse";

    @ParameterizedTest
    @CsvSource({"LOGIN, true", "LOGIN_ERROR, true", "LOGOUT, true", "REGISTER, false", "UPDATE_PROFILE, false", "UPDATE_CREDENTIAL, false",
            "USER_DISABLED_BY_TEMPORARY_LOCKOUT, false", "DELETE_ACCOUNT, false"})
    void onlyWhatChangesNothingCanWait(EventType type, boolean canWait) {
        assertEquals(canWait, EventMapping.canWait(EventMapping.of(event(type), REALM).orElseThrow()));
    }

    @Test
    void keepsOfALoginWhoWhereAndHow() {
        Event event = event(EventType.LOGIN_ERROR);
        event.setError("invalid_user_credentials");
        event.setDetails(Map.of("username", "ani@example.com", "credential_type", "gh-sms", "redirect_uri", "https://portal.example"));

        CapturedEvent captured = EventMapping.of(event, REALM).orElseThrow();

        assertEquals("{\"id\":\"e-1\",\"type\":\"org.keycloak.user.LOGIN_ERROR\",\"realm\":\"gatehouse\",\"client_id\":\"portal\","
                + "\"ip_address\":\"192.0.2.1\",\"operation\":null,\"resource\":null,\"path_kind\":null,"
                + "\"error\":\"invalid_user_credentials\",\"device\":null,\"details\":{\"credential_type\":\"gh-sms\",\"reason\":null}}", captured.json());
        assertEquals(SubjectKind.USER, captured.subjectKind());
        assertEquals("u-1", captured.subjectId());
    }

    @Test
    void keepsTheAddressOfLoginsOnlyAndNoDetailThatCouldBePersonal() {
        Event event = event(EventType.UPDATE_PROFILE);
        event.setDetails(Map.of("previous_email", "ani@example.com", "updated_first_name", "Ani", "reason", "Ani said: ani@example.com"));

        String json = EventMapping.of(event, REALM).orElseThrow().json();

        assertFalse(json.contains("192.0.2.1") || json.contains("Ani") || json.contains("ani@"), json);
    }

    @ParameterizedTest
    @EnumSource(value = EventType.class, names = {"UPDATE_PASSWORD", "UPDATE_TOTP", "REMOVE_TOTP"})
    void dropsTheDeprecatedTwins(EventType twin) {
        assertTrue(EventMapping.of(event(twin), REALM).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(value = EventType.class, names = {"CODE_TO_TOKEN", "REFRESH_TOKEN", "USER_INFO_REQUEST", "CLIENT_LOGIN", "INTROSPECT_TOKEN"})
    void dropsTraffic(EventType type) {
        assertTrue(EventMapping.of(event(type), REALM).isEmpty());
    }

    @Test
    void dropsEventsWithoutUser() {
        Event event = event(EventType.LOGIN_ERROR);
        event.setUserId(null);

        assertTrue(EventMapping.of(event, REALM).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "USER, UPDATE, users/u-2, u-2, -",
        "USER, ACTION, users/u-2/reset-password, u-2, reset-password",
        "USER, ACTION, users/u-2/credentials/c-1, u-2, credentials",
        "USER_LOGIN_FAILURE, DELETE, users/u-2, u-2, -",
        "USER_LOGIN_FAILURE, DELETE, attack-detection/brute-force/users/u-2, u-2, -",
        "GROUP_MEMBERSHIP, CREATE, users/u-2/groups/g-1, u-2, groups",
        "REALM_ROLE_MAPPING, CREATE, users/u-2/role-mappings/realm, u-2, role-mappings",
        "REALM, CREATE, users/u-2, u-2, -"})
    void routesAdministratorsEventsByTheUserInThePath(ResourceType type, OperationType operation, String path, String user, String kind) {
        CapturedEvent captured = EventMapping.of(admin(type, operation, path), REALM).orElseThrow();

        assertEquals("org.keycloak.admin." + type + "." + operation, captured.type());
        assertEquals(SubjectKind.USER, captured.subjectKind());
        assertEquals(user, captured.subjectId());
        assertEquals(kind, captured.pathKind());
    }

    @Test
    void routesOrganisationsById() {
        CapturedEvent captured = EventMapping.of(admin(ResourceType.ORGANIZATION, OperationType.DELETE, "organizations/o-1"), REALM).orElseThrow();

        assertEquals(SubjectKind.ORGANIZATION, captured.subjectKind());
        assertEquals("o-1", captured.subjectId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"clients/c-1", "groups/g-1", "roles/admin", "users", "users/", ""})
    void dropsWhatIsAboutNobody(String path) {
        assertTrue(EventMapping.of(admin(ResourceType.USER, OperationType.UPDATE, path), REALM).isEmpty());
    }

    @Test
    void leavesMembershipsToTheModelAndRefusedOperationsOut() {
        assertTrue(EventMapping.of(admin(ResourceType.ORGANIZATION_MEMBERSHIP, OperationType.DELETE, "organizations/o-1/members/u-2"), REALM)
                .isEmpty());
        assertTrue(EventMapping.of(admin(ResourceType.ORGANIZATION_GROUP, OperationType.CREATE, "organizations/o-1/groups/g-1"), REALM)
                .isEmpty());
        AdminEvent refused = admin(ResourceType.USER, OperationType.UPDATE, "users/u-2");
        refused.setError("not allowed");
        assertTrue(EventMapping.of(refused, REALM).isEmpty());
    }

    @Test
    void neverMistakesTheAdministratorForTheUser() {
        Optional<CapturedEvent> captured = EventMapping.of(admin(ResourceType.USER, OperationType.UPDATE, "users/u-2"), REALM);

        assertFalse(captured.orElseThrow().json().contains("admin-1"));
        assertEquals("u-2", captured.orElseThrow().subjectId());
    }

    private static Event event(EventType type) {
        Event event = new Event();
        event.setId("e-1");
        event.setType(type);
        event.setRealmId("r-1");
        event.setUserId("u-1");
        event.setClientId("portal");
        event.setIpAddress("192.0.2.1");
        event.setTime(1_700_000_000_000L);
        return event;
    }

    private static AdminEvent admin(ResourceType type, OperationType operation, String path) {
        AdminEvent event = new AdminEvent();
        event.setId("e-2");
        event.setRealmId("r-1");
        event.setResourceType(type);
        event.setOperationType(operation);
        event.setResourcePath(path);
        AuthDetails administrator = new AuthDetails();
        administrator.setUserId("admin-1");
        event.setAuthDetails(administrator);
        return event;
    }
}
