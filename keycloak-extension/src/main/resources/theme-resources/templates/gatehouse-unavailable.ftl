<#-- Codes cannot be sent or checked at the moment; the door stays shut. Needs: canRetry. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
    <#if section = "header">
        ${msg("gatehouse.unavailable.title")}
    <#elseif section = "form">
        <p class="instruction" role="alert"><#if message?has_content>${message.summary}<#else>${msg("gatehouse.unavailable")}</#if></p>
        <p class="instruction">${msg("gatehouse.unavailable.safe")}</p>
        <#if canRetry!false>
            <form id="gatehouse-retry" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post">
                <div class="${properties.kcFormActionGroupClass!}">
                    <button type="submit" name="action" value="retry" class="${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("doTryAgain")}</button>
                </div>
            </form>
        </#if>
    </#if>
</@layout.registrationLayout>
