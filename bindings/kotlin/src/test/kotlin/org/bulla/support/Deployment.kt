package org.bulla.support

import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.await
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.add
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.Trust
import org.bulla.model.UserId
import org.junit.jupiter.api.Assumptions.assumeTrue

/** A person on one of the servers. */
class User(val id: UserId, val password: String, val homeserver: String) {
    val localpart get() = id.drop(1).substringBefore(':')
}

/** Somebody whom the stand-in of ProConnect knows, and who they are on the homeserver that relies on it. */
class Person(val id: UserId, val email: String)

/** The real servers of this test run, described by the file that `BULLA_DEPLOYMENT` names. */
object Deployment {
    private val http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()
    private val givenOut = AtomicInteger()

    private val description: JsonObject by lazy {
        val file = System.getenv("BULLA_DEPLOYMENT")
            ?: error("BULLA_DEPLOYMENT is not set: these tests need real servers. Run `cargo xtask test kotlin`")
        Json.parseToJsonElement(File(file).readText()).jsonObject
    }

    /** Whether it is ours: with proxies, any number of users, and a look into what the servers keep. */
    val isOurs: Boolean get() = description.optional("control") != null

    /** Where the client API of a server is. Somebody else's deployment may have one server only. */
    fun homeserver(server: Int): String = server(server).text("client_url")

    /** The same over TLS, with a certificate that does not verify. */
    fun tlsUrl(server: Int): String {
        val url = server(server).optional("tls_url")
        assumeTrue(url != null, "needs a deployment of our own")
        return url!!
    }

    /** A person whom no other test knows. */
    suspend fun newUser(server: Int): User {
        if (!isOurs) return givenUser(server)
        val user = ask("POST", "/users") { put("server", server) }
        return User(user.text("user_id"), user.text("password"), user.text("homeserver"))
    }

    /** A fault proxy in front of a server. */
    suspend fun proxy(server: Int): Proxy = proxy { put("server", server) }

    /** The same in front of the homeserver that leaves signing in to an authentication service. */
    suspend fun sovereignProxy(): Proxy = proxy {
        put("server", 0)
        put("sovereign", true)
    }

    private suspend fun proxy(where: JsonObjectBuilder.() -> Unit): Proxy {
        val proxy = ask("POST", "/proxies", where)
        return Proxy(proxy.getValue("id").jsonPrimitive.long, proxy.text("url"))
    }

    /** Where the homeserver is that leaves signing in to an authentication service. */
    suspend fun sovereign(): String {
        assumeTrue(isOurs, "needs a deployment of our own")
        val (status, answer) = request("POST", description.text("control") + "/sovereign", buildJsonObject {})
        assumeTrue(status != 501, answer)
        check(status == 200) { answer }
        return Json.parseToJsonElement(answer).jsonObject.text("client_url")
    }

    /** Where the antivirus is, which fetches through server 0. */
    suspend fun scanner(): String {
        assumeTrue(isOurs, "needs a deployment of our own")
        val (status, answer) = request("POST", description.text("control") + "/scanner", buildJsonObject {})
        assumeTrue(status != 501, answer)
        check(status == 200) { answer }
        return Json.parseToJsonElement(answer).jsonObject.text("url")
    }

    /** Somebody whom no other test knows. */
    suspend fun newPerson(): Person = ask("POST", "/sovereign/people").run { Person(text("user_id"), text("email")) }

    /** Does in a browser what a person would to sign in, and returns where the app is called back. */
    suspend fun browse(url: String, person: Person, allow: Boolean): String = ask("POST", "/sovereign/browse") {
        put("url", url)
        put("email", person.email)
        put("allow", allow)
    }.text("callback")

    /** What a deployment puts before the first server and the second, whose people are from outside; [identity]: it has an identity server. */
    suspend fun offices(identity: Boolean = false): Offices {
        val opened = ask("POST", "/offices") {
            put("server", 0)
            put("guests", 1)
        }
        val id = opened.getValue("id").jsonPrimitive.long
        val manifest = if (!identity) opened.text("manifest") else {
            val place = identity()
            ask("POST", "/offices/$id/manifest") {
                put("version", 1)
                putJsonObject("fields") {
                    put("lookup", place.text("url"))
                    putJsonObject("tls") { putJsonArray("roots") { add(place.text("authority")) } }
                }
            }.text("manifest")
        }
        return Offices(id, listOf(opened.text("url"), opened.text("guests_url")), Trust(listOf(opened.text("key")), manifest))
    }

    private suspend fun identity(): JsonObject {
        assumeTrue(isOurs, "needs a deployment of our own")
        val (status, answer) = request("POST", description.text("control") + "/identity", buildJsonObject {})
        assumeTrue(status != 501, answer)
        check(status == 200) { answer }
        return Json.parseToJsonElement(answer).jsonObject
    }

    /** Has the identity server know an address as this person's, who has confirmed it. */
    suspend fun bindEmail(user: User, email: String) {
        ask("POST", "/identity/bind") {
            put("user_id", user.id)
            put("localpart", user.localpart)
            put("password", user.password)
            put("homeserver", user.homeserver)
            put("email", email)
        }
    }

    /** The server's name. */
    fun name(server: Int): String = server(server).text("name")

    /** Where the servers hold one of these texts in clear. */
    suspend fun search(vararg texts: String): List<JsonElement> =
        call("POST", "/search", buildJsonObject { putJsonArray("texts") { texts.forEach { add(it) } } }).jsonArray

    /** Ends every device of a person. */
    suspend fun logOut(user: User) {
        ask("POST", "/users/logout") { put("user_id", user.id) }
    }

    /** Gives a person an e-mail address that no other test has. */
    suspend fun giveEmail(user: User): String {
        val email = "${user.localpart}@agent.test"
        ask("POST", "/users/email") {
            put("user_id", user.id)
            put("email", email)
        }
        return email
    }

    /** Has a person's account end now. */
    suspend fun expire(user: User) {
        ask("POST", "/users/validity") {
            put("user_id", user.id)
            put("seconds", -1)
        }
    }

    /** Has a person's password be one that has to be changed. */
    suspend fun makeTemporary(user: User) {
        ask("POST", "/users/temporary") { put("user_id", user.id) }
    }

    /** Waits for the first mail to [email], and does with its link what a person would. */
    suspend fun followMail(email: String) {
        val mail = inTime("a mail") {
            val body = buildJsonObject { put("to", email) }
            var mails = call("POST", "/mails", body).jsonArray
            while (mails.isEmpty()) {
                delay(50.milliseconds)
                mails = call("POST", "/mails", body).jsonArray
            }
            mails.first().jsonObject.text("text")
        }
        ask("POST", "/mails/follow") { put("link", mail.split(Regex("\\s+")).first { it.startsWith("http") }) }
    }

    internal suspend fun ask(method: String, path: String, body: JsonObjectBuilder.() -> Unit = {}): JsonObject =
        call(method, path, buildJsonObject(body)).jsonObject

    private suspend fun call(method: String, path: String, body: JsonObject): JsonElement {
        assumeTrue(isOurs, "needs a deployment of our own")
        val (status, answer) = request(method, description.text("control") + path, body)
        check(status == 200) { "$method $path: $status $answer" }
        return Json.parseToJsonElement(answer)
    }

    /** Any request, such as one to a homeserver itself. */
    suspend fun request(method: String, url: String, body: JsonObject?, token: String? = null): Pair<Int, String> {
        val publisher = body?.let { HttpRequest.BodyPublishers.ofString("$it") } ?: HttpRequest.BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(url)).method(method, publisher).header("Content-Type", "application/json")
        if (token != null) request.header("Authorization", "Bearer $token")
        val answer = http.sendAsync(request.build(), BodyHandlers.ofString()).await()
        return answer.statusCode() to answer.body()
    }

    private fun server(index: Int): JsonObject {
        val servers = description.getValue("servers").jsonArray
        return servers[index % servers.size].jsonObject
    }

    private fun givenUser(server: Int): User {
        val users = description["users"] as? JsonArray ?: JsonArray(emptyList())
        val index = givenOut.getAndIncrement()
        assumeTrue(index < users.size, "needs more users than were given")
        val user = users[index].jsonObject
        return User(user.text("user_id"), user.text("password"), homeserver(server))
    }
}

/** A proxy in front of a server: what a client meets when the network is bad. */
class Proxy(private val id: Long, val url: String) {
    /** Nobody listens any more; what was open is closed. */
    suspend fun refuse() = fault { put("kind", "refuse") }

    /** Nothing moves. */
    suspend fun stall() = fault { put("kind", "stall") }

    /** This answer instead of the server's to requests whose path holds [path]. */
    suspend fun respond(status: Int, code: String, path: String? = null, more: JsonObjectBuilder.() -> Unit = {}) = fault {
        put("kind", "respond")
        put("status", status)
        putJsonObject("headers") { put("Content-Type", "application/json") }
        put("body", "${buildJsonObject { put("errcode", code); put("error", "on purpose"); more() }}")
        if (path != null) put("path", path)
    }

    /** The access token has expired; the device and its keys have not. */
    suspend fun softLogout(path: String? = null) = respond(401, "M_UNKNOWN_TOKEN", path) { put("soft_logout", true) }

    /** Everything passes again. */
    suspend fun heal() = fault { put("kind", "none") }

    /** How many connections are open now. */
    suspend fun open(): Int = stats().getValue("open").jsonPrimitive.int

    /** How many requests had a path that holds [part]. */
    suspend fun requests(part: String): Long =
        stats().getValue("requests").jsonObject.filterKeys { part in it }.values.sumOf { it.jsonPrimitive.long }

    /** Looks at the proxy until [enough]. */
    suspend fun until(what: String, enough: suspend Proxy.() -> Boolean) = inTime(what) {
        while (!enough()) delay(20.milliseconds)
    }

    suspend fun end() {
        Deployment.ask("DELETE", "/proxies/$id")
    }

    private suspend fun stats() = Deployment.ask("GET", "/proxies/$id")

    private suspend fun fault(fault: JsonObjectBuilder.() -> Unit) {
        Deployment.ask("PUT", "/proxies/$id/fault", fault)
    }
}

/** A directory of addresses and the servers' proofs, before two servers. */
class Offices(private val id: Long, private val urls: List<String>, val trust: Trust) {
    /** What the manifest says where a server is. */
    fun url(server: Int): String = urls[server]

    /** Has the directory say that an address is of this server. */
    suspend fun list(address: String, server: Int) {
        Deployment.ask("PUT", "/offices/$id/directory") {
            put("address", address)
            putJsonObject("answer") { put("hs", Deployment.name(server)) }
        }
    }

    suspend fun end() {
        Deployment.ask("DELETE", "/offices/$id")
    }
}

internal fun JsonObject.text(name: String) = getValue(name).jsonPrimitive.content

private fun JsonObject.optional(name: String) = get(name)?.takeUnless { it is JsonNull }?.jsonPrimitive?.content
