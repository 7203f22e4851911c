<#-- The fields of the user profile. Differs from keycloak.v2: autocomplete for every known field, the language as a visible
     choice, options sorted by name in the person's language, help and errors tied to the field, optional fields marked. -->
<#import "field.ftl" as field>

<#-- WCAG 1.3.5: the purpose of each field, by its name in the profile -->
<#assign autocompleteOf={"username": "username", "email": "email", "firstName": "given-name", "lastName": "family-name",
    "company": "organization", "country": "country", "locale": "language", "phoneNumber": "tel"}>

<#macro userProfileFormFields>
    <#local currentGroup="">
    <#list profile.attributes as attribute>
        <#local group=(attribute.group.name)!"">
        <#if group != currentGroup>
            <#if currentGroup != ""></fieldset></#if>
            <#if group != "">
                <fieldset class="gh-fieldset"<#list attribute.group.html5DataAnnotations as key, value> data-${key}="${value}"</#list>>
                <legend class="${properties.kcFormGroupHeader!}" id="header-${group}">${advancedMsg(attribute.group.displayHeader!group)!group}</legend>
                <#if attribute.group.displayDescription?has_content>
                    <p class="gh-help" id="description-${group}">${advancedMsg(attribute.group.displayDescription)!""}</p>
                </#if>
            </#if>
            <#local currentGroup=group>
        </#if>
        <#nested "beforeField" attribute>
        <@profileField attribute=attribute/>
        <#nested "afterField" attribute>
    </#list>
    <#if currentGroup != ""></fieldset></#if>
    <#list profile.html5DataAnnotations?keys as key>
        <script type="module" src="${url.resourcesPath}/js/${key}.js"></script>
    </#list>
</#macro>

<#macro profileField attribute>
    <#local help=helpOf(attribute)>
    <#local label=advancedMsg(attribute.displayName!attribute.name)>
    <@field.group name=attribute.name label=label error=messagesPerField.get(attribute.name) required=attribute.required optional=(!attribute.required && attribute.name != 'locale') help=help>
        <#if attribute.name == 'locale' && realm.internationalizationEnabled && locale.supported?size gt 1>
            <@languageSelect attribute=attribute help=help/>
        <#else>
            <@inputFieldByType attribute=attribute/>
        </#if>
    </@field.group>
</#macro>

<#function helpOf attribute>
    <#if attribute.annotations.inputHelperTextAfter??><#return kcSanitize(advancedMsg(attribute.annotations.inputHelperTextAfter))></#if>
    <#if attribute.annotations.inputHelperTextBefore??><#return kcSanitize(advancedMsg(attribute.annotations.inputHelperTextBefore))></#if>
    <#return "">
</#function>

<#-- attributes that every control of a field carries -->
<#macro common attribute><#local error=messagesPerField.get(attribute.name)> name="${attribute.name}"<#if autocompleteOf[attribute.name]??> autocomplete="${autocompleteOf[attribute.name]}"<#elseif attribute.autocomplete??> autocomplete="${attribute.autocomplete}"</#if><@field.aria name=attribute.name error=error help=helpOf(attribute) required=attribute.required/><#if attribute.readOnly> disabled</#if></#macro>

<#macro languageSelect attribute help="">
    <#local chosen=(attribute.value)!locale.currentLanguageTag>
    <span class="${properties.kcInputClass}">
        <select id="locale"<@common attribute=attribute/>>
            <#list locale.supported?sort_by("label") as l>
                <option value="${l.languageTag}" lang="${l.languageTag}"<#if l.languageTag == chosen> selected</#if>>${l.label}</option>
            </#list>
        </select>
        <span class="${properties.kcFormControlToggleIcon}" aria-hidden="true"></span>
    </span>
</#macro>

<#macro inputFieldByType attribute>
    <#switch attribute.annotations.inputType!''>
    <#case 'textarea'>
        <@textareaTag attribute=attribute/>
        <#break>
    <#case 'select'>
    <#case 'multiselect'>
        <@selectTag attribute=attribute/>
        <#break>
    <#case 'select-radiobuttons'>
    <#case 'multiselect-checkboxes'>
        <@inputTagSelects attribute=attribute/>
        <#break>
    <#default>
        <#if attribute.multivalued && attribute.values?has_content>
            <#list attribute.values as value><@inputTag attribute=attribute value=value!''/></#list>
        <#else>
            <@inputTag attribute=attribute value=(attribute.value!attribute.defaultValue!'')/>
        </#if>
    </#switch>
</#macro>

<#macro inputTag attribute value>
    <#-- the company is chosen once, at registration; later it only can be read (the server refuses a change) -->
    <#local fixed=(attribute.name == 'company' && pageId != 'register' && value?has_content && !messagesPerField.existsError('company'))>
    <span class="${properties.kcInputClass}<#if messagesPerField.existsError(attribute.name)> ${properties.kcError}</#if><#if fixed || attribute.readOnly> ${properties.kcFormReadOnlyClass}</#if>">
        <input type="${inputTypeOf(attribute)}" id="${attribute.name}" value="${value}"<@common attribute=attribute/><#if fixed> readonly</#if>
            <#if attribute.name == 'email' || attribute.name == 'username'> inputmode="email" autocapitalize="off" spellcheck="false"</#if>
            <#list ["Placeholder"] as a><#if attribute.annotations["inputType" + a]??> placeholder="${advancedMsg(attribute.annotations["inputType" + a])}"</#if></#list>
            <#list ["Pattern", "Size", "Maxlength", "Minlength", "Max", "Min", "Step"] as a><#if attribute.annotations["inputType" + a]??> ${a?lower_case}="${attribute.annotations["inputType" + a]}"</#if></#list>
            <#list attribute.html5DataAnnotations as key, value> data-${key}="${value}"</#list>>
    </span>
</#macro>

<#function inputTypeOf attribute>
    <#local type=attribute.annotations.inputType!(attribute.name == 'email')?then('email', 'text')>
    <#return type?remove_beginning("html5-")>
</#function>

<#macro textareaTag attribute>
    <span class="${properties.kcInputClass}">
        <textarea id="${attribute.name}"<@common attribute=attribute/><#list ["Cols", "Rows", "Maxlength"] as a><#if attribute.annotations["inputType" + a]??> ${a?lower_case}="${attribute.annotations["inputType" + a]}"</#if></#list>>${(attribute.value!attribute.defaultValue!'')}</textarea>
    </span>
</#macro>

<#macro selectTag attribute>
    <#local multiple=attribute.annotations.inputType == 'multiselect'>
    <#local chosen=chosenOf(attribute)>
    <span class="${properties.kcInputClass}<#if messagesPerField.existsError(attribute.name)> ${properties.kcError}</#if>">
        <select id="${attribute.name}"<@common attribute=attribute/><#if multiple> multiple</#if><#if attribute.annotations.inputTypeSize??> size="${attribute.annotations.inputTypeSize}"</#if>>
            <#if !multiple><option value="">${msg("gatehouse.choose-one")}</option></#if>
            <#list optionsOf(attribute)?sort_by("label") as option>
                <option value="${option.value}"<#if chosen?seq_contains(option.value)> selected</#if>>${option.label}</option>
            </#list>
        </select>
        <#if !multiple><span class="${properties.kcFormControlToggleIcon}" aria-hidden="true"></span></#if>
    </span>
</#macro>

<#macro inputTagSelects attribute>
    <#local radio=attribute.annotations.inputType == 'select-radiobuttons'>
    <#local chosen=chosenOf(attribute)>
    <#if !radio><input type="hidden" id="${attribute.name}-empty" name="${attribute.name}" value=""></#if>
    <#list optionsOf(attribute) as option>
        <div class="${properties.kcCheckboxClass}">
            <input type="${radio?then('radio', 'checkbox')}" id="${attribute.name}-${option.value}" value="${option.value}" class="${properties.kcCheckboxInputClass}"<@common attribute=attribute/><#if chosen?seq_contains(option.value)> checked</#if>>
            <label for="${attribute.name}-${option.value}" class="${properties.kcCheckboxLabelClass}">${option.label}</label>
        </div>
    </#list>
</#macro>

<#function chosenOf attribute>
    <#local values=attribute.values![]>
    <#if !values?has_content && attribute.defaultValue??><#return [attribute.defaultValue]></#if>
    <#return values>
</#function>

<#-- options as {"value", "label"}; labels from the annotation or from message keys "<prefix>.<value>" -->
<#function optionsOf attribute>
    <#local validator=attribute.annotations.inputOptionsFromValidation!"options">
    <#local found=[]>
    <#list (attribute.validators[validator].options)![] as option>
        <#local label=option>
        <#if attribute.annotations.inputOptionLabels??>
            <#local label=advancedMsg(attribute.annotations.inputOptionLabels[option]!option)>
        <#elseif attribute.annotations.inputOptionLabelsI18nPrefix??>
            <#local label=msg(attribute.annotations.inputOptionLabelsI18nPrefix + "." + option)>
        </#if>
        <#local found+=[{"value": option, "label": label}]>
    </#list>
    <#return found>
</#function>
