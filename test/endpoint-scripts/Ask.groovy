import com.atlassian.confluence.search.ConfluenceIndexer
import com.atlassian.confluence.user.ConfluenceUser
import com.atlassian.confluence.user.PersonalInformationManager
import com.atlassian.confluence.user.UserAccessor
import com.atlassian.confluence.user.UserDetailsManager
import com.atlassian.jira.component.ComponentAccessor
import com.atlassian.jira.user.ApplicationUser
import com.atlassian.sal.api.component.ComponentLocator
import com.onresolve.scriptrunner.runner.rest.common.CustomEndpointDelegate
import groovy.json.JsonBuilder
import groovy.json.JsonSlurper

// Asks both scripts what exchanges.json holds; attributes A, B, C get the names each script knows.
def told = new JsonSlurper().parse(new File(args[0]))
def scripts = [attuneUserProperties: args[1], attuneUserDetails: args[2]]
def namesOf = [
    attuneUserProperties: [A: "Company", B: "Cost center", C: "Manager"],
    attuneUserDetails: [A: "field:phone", B: "userProperty:Cost center", C: "field:location"],
]

def renamed
renamed = { value, names ->
    if (value instanceof Map) return value.collectEntries { key, each -> [(names[key] ?: key): renamed(each, names)] }
    if (value instanceof List) return value.collect { renamed(it, names) }
    names[value] ?: value
}

def accessor = new UserAccessor()
def details = new UserDetailsManager()
def indexer = new ConfluenceIndexer()
ComponentLocator.PARTS.putAll([
    (UserAccessor): accessor,
    (UserDetailsManager): details,
    (PersonalInformationManager): new PersonalInformationManager(),
    (ConfluenceIndexer): indexer,
])
told.seeds.each { seed ->
    def inJira = new ApplicationUser(seed.active)
    def inConfluence = new ConfluenceUser(!seed.active)
    seed.held.each { name, value ->
        inJira.propertySet.setString("jira.meta." + namesOf.attuneUserProperties[name], value)
        def there = namesOf.attuneUserDetails[name]
        if (there.startsWith("field:")) inConfluence.details[there.substring(6)] = value
        else inConfluence.preferences.setString(there.substring(13), value)
    }
    ComponentAccessor.userManager.users[seed.key] = inJira
    accessor.users[seed.key] = inConfluence
}

scripts.each { name, file ->
    new GroovyShell(this.class.classLoader).evaluate(new File(file))
    def endpoint = CustomEndpointDelegate.endpoints[name]
    assert endpoint != null : "the script defines no endpoint ${name}"
    assert CustomEndpointDelegate.settings[name].httpMethod == "POST"
    assert CustomEndpointDelegate.settings[name].groups
    told.exchanges.each { exchange ->
        def answer = new JsonSlurper().parseText(endpoint.call(null, new JsonBuilder(renamed(exchange.ask, namesOf[name])).toString()).entity)
        assert answer == renamed(exchange.answer, namesOf[name])
    }
}
assert indexer.count == 1 : "whoever was written is indexed, nobody else"
println "Both endpoint scripts compile and answer as their connectors expect."
