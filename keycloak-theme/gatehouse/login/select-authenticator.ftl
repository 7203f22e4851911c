<#-- Keycloak's page uses clickable boxes that need a mouse and JavaScript; here each way is a plain submit button. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayInfo=false; section>
    <#if section = "header">
        ${msg("loginChooseAuthenticator")}
    <#elseif section = "form">
        <form id="kc-select-credential-form" action="${url.loginAction}" method="post">
            <ul class="${properties.kcSelectAuthListClass!}" role="list">
                <#list auth.authenticationSelections as selection>
                    <li class="${properties.kcSelectAuthListItemWrapperClass!}">
                        <button type="submit" name="authenticationExecution" value="${selection.authExecId}" class="${properties.kcSelectAuthListItemClass!}">
                            <span class="${properties.kcSelectAuthListItemIconClass!}" aria-hidden="true"><span class="${properties[selection.iconCssClass!'']!properties.kcAuthenticatorDefaultClass}"></span></span>
                            <span class="${properties.kcSelectAuthListItemBodyClass!}">
                                <span class="${properties.kcSelectAuthListItemHeadingClass!}">${msg(selection.displayName)}</span>
                                <span class="${properties.kcSelectAuthListItemDescriptionClass!}">${msg(selection.helpText)}</span>
                            </span>
                        </button>
                    </li>
                </#list>
            </ul>
        </form>
    </#if>
</@layout.registrationLayout>
