<#-- Behind the second factor: shall this browser be trusted? Needs: days. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
    <#if section = "header">
        ${msg("gatehouse.trust.title")}
    <#elseif section = "form">
        <p class="instruction">${msg("gatehouse.trust.text", days)}</p>
        <p class="instruction">${msg("gatehouse.trust.undo")}</p>
        <form id="gatehouse-trust-browser" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post">
            <div class="${properties.kcFormActionGroupClass!}">
                <button type="submit" name="trust" value="no" class="${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("gatehouse.trust.no")}</button>
                <button type="submit" name="trust" value="yes" class="${properties.kcButtonSecondaryClass!} ${properties.kcButtonBlockClass!}">${msg("gatehouse.trust.yes")}</button>
            </div>
        </form>
    </#if>
</@layout.registrationLayout>
