package io.gatehouse.keycloak.otp.service;

import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Gives the service's address and keys a place among Keycloak's options: {@code spi-gatehouse-otp--default--…}. */
public class OtpServiceSpi implements Spi {

    @Override
    public boolean isInternal() {
        return false;
    }

    @Override
    public String getName() {
        return "gatehouse-otp";
    }

    @Override
    public Class<? extends Provider> getProviderClass() {
        return OtpService.class;
    }

    @Override
    @SuppressWarnings("rawtypes") // the signature is Keycloak's
    public Class<? extends ProviderFactory> getProviderFactoryClass() {
        return OtpServiceFactory.class;
    }
}
