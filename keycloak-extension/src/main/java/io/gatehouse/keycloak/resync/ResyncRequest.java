package io.gatehouse.keycloak.resync;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Ids whose present state shall be sent once more. */
public record ResyncRequest(@JsonProperty("users") List<String> users, @JsonProperty("organizations") List<String> organizations) {

    private static final int MAX_IDS = 1_000;
    private static final int MAX_ID_LENGTH = 255;

    public ResyncRequest {
        users = users == null ? List.of() : users;
        organizations = organizations == null ? List.of() : organizations;
    }

    boolean isWithinBounds() {
        return fits(users) && fits(organizations);
    }

    private static boolean fits(List<String> ids) {
        return ids.size() <= MAX_IDS && ids.stream().allMatch(id -> id != null && !id.isEmpty() && id.length() <= MAX_ID_LENGTH);
    }
}
