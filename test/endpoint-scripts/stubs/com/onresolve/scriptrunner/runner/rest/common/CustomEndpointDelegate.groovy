package com.onresolve.scriptrunner.runner.rest.common

abstract class CustomEndpointDelegate extends Script {
    static Map<String, Closure> endpoints = [:]
    static Map<String, Map> settings = [:]

    def methodMissing(String name, Object arguments) {
        def (given, closure) = arguments as List
        settings[name] = given as Map
        endpoints[name] = closure as Closure
        closure
    }
}
