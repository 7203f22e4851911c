package io.gatehouse.keycloak.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class DeviceTest {

    private static final String NUMBER = "A".repeat(43);

    @Test
    void aBrowserIsAnotherOneForEachUserAndTheSameForOne() {
        Device device = Device.hashed(NUMBER, "u-1", "Firefox/144.0", "Linux");

        assertEquals(device, Device.hashed(NUMBER, "u-1", "Firefox/145.0", "Linux"));
        assertNotEquals(device.id(), Device.hashed(NUMBER, "u-2", "Firefox/144.0", "Linux").id());
        assertEquals(43, device.id().length());
    }

    @Test
    void aNameThatIsNoneIsLeftOut() {
        Device device = Device.hashed(NUMBER, "u-1", "<script>/1", "Other");

        assertNull(device.browser());
        assertNull(device.system());
    }
}
