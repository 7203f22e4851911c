package io.gatehouse.keycloak.resync;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

class ResyncRequestTest {

    @Test
    void takesUpToAThousandIdsOfEach() {
        assertTrue(new ResyncRequest(null, null).isWithinBounds());
        assertTrue(new ResyncRequest(Collections.nCopies(1000, "u"), Collections.nCopies(1000, "o")).isWithinBounds());
        assertFalse(new ResyncRequest(Collections.nCopies(1001, "u"), null).isWithinBounds());
        assertFalse(new ResyncRequest(null, Collections.nCopies(1001, "o")).isWithinBounds());
    }

    @Test
    void takesNoIdThatCannotBeOne() {
        assertFalse(new ResyncRequest(List.of(""), null).isWithinBounds());
        assertFalse(new ResyncRequest(Arrays.asList("u", null), null).isWithinBounds());
        assertFalse(new ResyncRequest(List.of("u".repeat(256)), null).isWithinBounds());
    }
}
