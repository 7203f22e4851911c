package io.gatehouse.keycloak.events;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.RepeatedTest;

class TraceParentTest {

    @RepeatedTest(20)
    void makesValidOnes() {
        String made = TraceParent.fresh();

        assertTrue(made.matches("00-[89a-f][0-9a-f]{31}-[89a-f][0-9a-f]{15}-00"), made);
        assertNotEquals(made, TraceParent.fresh());
    }
}
