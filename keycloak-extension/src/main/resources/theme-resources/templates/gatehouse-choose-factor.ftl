<#-- A person without a second factor chooses one. Needs: options (list of required-action ids). -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('option'); section>
    <#if section = "header">
        ${msg("gatehouse.choose.title")}
    <#elseif section = "form">
        <p class="instruction">${msg("gatehouse.choose.intro")}</p>
        <form id="gatehouse-choose-factor" action="${url.loginAction}" method="post">
            <ul class="${properties.kcSelectAuthListClass!}" role="list">
                <#list options as option>
                    <#-- each option is a submit button: one press, no script -->
                    <li class="${properties.kcSelectAuthListItemWrapperClass!}">
                        <button type="submit" name="option" value="${option}" id="option-${option}"
                                class="gatehouse-option ${properties.kcSelectAuthListItemClass!}">
                            <span class="gatehouse-option-icon gatehouse-icon-${option}" aria-hidden="true"></span>
                            <span class="gatehouse-option-text">
                                <span class="gatehouse-option-name ${properties.kcSelectAuthListItemHeadingClass!}">${msg("gatehouse.choose." + option)}</span>
                                <span class="gatehouse-option-help ${properties.kcSelectAuthListItemSubtitleClass!}">${msg("gatehouse.choose." + option + ".help")}</span>
                            </span>
                        </button>
                    </li>
                </#list>
            </ul>
            <#if messagesPerField.existsError('option')>
                <p id="input-error-option" class="${properties.kcInputErrorMessageClass!}">${messagesPerField.get('option')}</p>
            </#if>
        </form>
    </#if>
</@layout.registrationLayout>
