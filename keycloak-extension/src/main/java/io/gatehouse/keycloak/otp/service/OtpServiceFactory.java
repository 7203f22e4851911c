package io.gatehouse.keycloak.otp.service;

import org.keycloak.provider.ProviderFactory;

public interface OtpServiceFactory extends ProviderFactory<OtpService> {
}
