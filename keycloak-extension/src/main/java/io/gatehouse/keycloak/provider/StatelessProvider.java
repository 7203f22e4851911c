package io.gatehouse.keycloak.provider;

import org.keycloak.provider.Provider;

/** A provider that keeps nothing between calls, so that its factory can hand out itself. */
public interface StatelessProvider<T extends Provider> extends PlainFactory<T>, Provider {

    @Override
    default void close() {
        // holds nothing
    }
}
