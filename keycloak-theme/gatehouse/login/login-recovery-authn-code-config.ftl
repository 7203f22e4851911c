<#-- Recovery codes, shown once. Keycloak's page breaks the order of headings and cannot be finished without JavaScript. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "buttons.ftl" as buttons>
<#import "password-commons.ftl" as passwordCommons>
<@layout.registrationLayout; section>
    <#if section = "header">
        ${msg("recovery-code-config-header")}
    <#elseif section = "form">
        <div class="${properties.kcRecoveryCodesWarning!}">
            <div>
                <p class="${properties.kcAlertTitleClass!}">${msg("recovery-code-config-warning-title")}</p>
                <p class="${properties.kcAlertDescriptionClass!}">${msg("recovery-code-config-warning-message")}</p>
            </div>
        </div>
        <div class="${properties.kcPanelClass!}">
            <ol id="kc-recovery-codes-list">
                <#list recoveryAuthnCodesConfigBean.generatedRecoveryAuthnCodesList as code>
                    <li>${code[0..3]}-${code[4..7]}-${code[8..]}</li>
                </#list>
            </ol>
        </div>
        <div class="${properties.kcRecoveryCodesActions!}" data-gatehouse-codes hidden
             data-header="${msg("recovery-codes-download-file-header")}" data-description="${msg("recovery-codes-download-file-description")}"
             data-date="${msg("recovery-codes-download-file-date")}">
            <button id="printRecoveryCodes" class="${properties.kcButtonLinkClass}" type="button">${msg("recovery-codes-print")}</button>
            <button id="downloadRecoveryCodes" class="${properties.kcButtonLinkClass}" type="button">${msg("recovery-codes-download")}</button>
            <button id="copyRecoveryCodes" class="${properties.kcButtonLinkClass}" type="button">${msg("recovery-codes-copy")}</button>
            <span role="status" data-copied="${msg("recovery-codes-copied")}"></span>
        </div>
        <form action="${url.loginAction}" class="${properties.kcFormClass!}" id="kc-recovery-codes-settings-form" method="post">
            <input type="hidden" name="generatedRecoveryAuthnCodes" value="${recoveryAuthnCodesConfigBean.generatedRecoveryAuthnCodesAsString}">
            <input type="hidden" name="generatedAt" value="${recoveryAuthnCodesConfigBean.generatedAt?c}">
            <input type="hidden" id="userLabel" name="userLabel" value="${msg("recovery-codes-label-default")}">
            <div class="${properties.kcCheckboxClass!}">
                <input class="${properties.kcCheckboxInputClass!}" type="checkbox" id="kcRecoveryCodesConfirmationCheck" required>
                <label for="kcRecoveryCodesConfirmationCheck">${msg("recovery-codes-confirmation-message")}</label>
            </div>
            <@passwordCommons.logoutOtherSessions/>
            <@buttons.actionGroup>
                <@buttons.button id="saveRecoveryAuthnCodesBtn" label="recovery-codes-action-complete"/>
                <#if isAppInitiatedAction??><@buttons.button id="cancelRecoveryAuthnCodesBtn" name="cancel-aia" label="recovery-codes-action-cancel" type="secondary" value="true" formnovalidate="formnovalidate"/></#if>
            </@buttons.actionGroup>
        </form>
        <script type="module" src="${url.resourcesPath}/js/recovery-codes.js"></script>
    </#if>
</@layout.registrationLayout>
