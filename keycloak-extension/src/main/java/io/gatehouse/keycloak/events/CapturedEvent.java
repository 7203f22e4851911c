package io.gatehouse.keycloak.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.gatehouse.keycloak.events.OutboxRow.SubjectKind;

/**
 * What is kept of an event: ids, its kind, and how it came about. Addresses, names, codes and raw representations are not among the
 * fields, so they cannot get in.
 *
 * @param id            id of the Keycloak event
 * @param type          CloudEvents type, for example {@code org.keycloak.user.LOGIN}
 * @param occurredAt    milliseconds since the epoch
 * @param ipAddress     only of logins
 * @param operation     operation of an administrator's event
 * @param resource      resource type of an administrator's event
 * @param pathKind      which part of the resource was addressed, for example {@code reset-password}
 * @param device        only of logins
 * @param credentialType Keycloak's credential type, when the event is about one
 */
record CapturedEvent(String id, String type, String realmId, String realmName, SubjectKind subjectKind, String subjectId,
                     long occurredAt, String clientId, String ipAddress, String operation, String resource, String pathKind,
                     String error, Device device, String credentialType, String reason) {

    /** The same with the browser that was used. */
    CapturedEvent by(Device used) {
        return new CapturedEvent(id, type, realmId, realmName, subjectKind, subjectId, occurredAt, clientId, ipAddress, operation, resource,
                pathKind, error, used, credentialType, reason);
    }

    /** The {@code event} object of the record; absent values are written as {@code null}. */
    String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        json.put("type", type);
        json.put("realm", realmName);
        json.put("client_id", clientId);
        json.put("ip_address", ipAddress);
        json.put("operation", operation);
        json.put("resource", resource);
        json.put("path_kind", pathKind);
        json.put("error", error);
        if (device == null) {
            json.putNull("device");
        } else {
            json.putObject("device").put("id", device.id()).put("browser", device.browser()).put("system", device.system());
        }
        json.putObject("details").put("credential_type", credentialType).put("reason", reason);
        return json.toString();
    }
}
