package dev.origo.embedded.aws;

import dev.origo.embedded.aws.Call.Family;
import dev.origo.embedded.aws.Operations.Operation;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/// An account as AWS's query protocol shows it: a form in, an answer out, whatever carries them.
///
/// Thread rule: any thread.
final class Wire {
    private static final int OK = 200;
    private static final String ELB_VERSION = "2015-12-01";
    private static final String EC2_VERSION = "2016-11-15";

    /// Source: "Signature Version 4", Credential=ACCESS-KEY/DATE/REGION/SERVICE/aws4_request.
    private static final Pattern CREDENTIAL = Pattern.compile("Credential=[^/,\\s]+/");

    /// What goes back: HTTP status, XML and the id that both carry.
    record Answer(int status, String body, String requestId) {}

    private final Operations operations;
    private final AtomicLong requests = new AtomicLong();

    Wire(EmbeddedAws aws) {
        operations = new Operations(aws.elb(), aws.ec2());
    }

    /// `authorization` is the header, empty for none; whom it names and how it is signed is not
    /// looked at. Lets SdkClientException out, which is how a [CallHook] takes an answer away; any
    /// other surprise is InternalFailure.
    Answer answer(String encoded, String authorization) {
        Form form;
        try {
            form = Form.parse(encoded);
        } catch (IllegalArgumentException malformed) {
            return refusal(Family.ELB, Faults.elb("MalformedQueryString", malformed.toString()));
        }
        Family family = form.get("Version").equals(EC2_VERSION) ? Family.EC2 : Family.ELB;
        String action = form.get("Action");
        try {
            requireIdentity(family, authorization);
            AwsResponse response = run(family, action, form);
            String id = nextId();
            return new Answer(OK, Xml.answer(family, action, response, id), id);
        } catch (AwsServiceException refusal) {
            return refusal(family, refusal);
        } catch (SdkClientException lost) {
            throw lost;
        } catch (RuntimeException bug) {
            String code = family == Family.ELB ? "InternalFailure" : "InternalError";
            return refusal(family, Faults.of(family, code, bug.toString()));
        }
    }

    /// To one that came when there was no place left, before its request was read.
    Answer busy() {
        return refusal(Family.ELB, Faults.elb("ServiceUnavailable", "Too many requests at a time"));
    }

    private Answer refusal(Family family, AwsServiceException refusal) {
        String id = nextId();
        int status = refusal.statusCode();
        return new Answer(status, Xml.refusal(family, status, refusal.awsErrorDetails(), id), id);
    }

    private String nextId() {
        return new UUID(0, requests.incrementAndGet()).toString();
    }

    private AwsResponse run(Family family, String action, Form form) {
        String version = form.get("Version");
        Faults.refuseIf(family, action.isEmpty(), "MissingAction", "The Action is missing");
        String message = "Could not find operation " + action + " for version " + version;
        boolean served = family == Family.EC2 || version.equals(ELB_VERSION);
        Operation<?, ?> operation =
                operations
                        .find(family, action)
                        .filter(_ -> served)
                        .orElseThrow(() -> Faults.of(family, "InvalidAction", message));
        return operation.run(form);
    }

    /// Source: "Common errors" of both services: MissingAuthenticationToken, IncompleteSignature.
    private static void requireIdentity(Family family, String authorization) {
        String missing = "Request is missing Authentication Token";
        Faults.refuseIf(family, authorization.isBlank(), "MissingAuthenticationToken", missing);
        boolean named = CREDENTIAL.matcher(authorization).find();
        String incomplete = "Authorization needs a Credential with an access key";
        Faults.refuseIf(family, !named, "IncompleteSignature", incomplete);
    }
}
