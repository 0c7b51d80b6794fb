# What is installed, with a Java runtime of the modules that it needs: docker build -t cordee .
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
# As in pom.xml; another one fails the build.
ARG VERSION=0.1.0-SNAPSHOT
# For a snapshot, whose version has it: --build-arg COMMIT=$(sh proto/src/main/scripts/version.sh)
ARG COMMIT=
# The modules that its libraries need, as jdeps says, and elliptic curves for Java's own TLS. With Debian's OpenJDK, system and
# runtime are 175 MB; with the modules of a whole JRE, and without fonts, 239 MB.
RUN jlink --add-modules java.desktop,java.naming,java.sql,jdk.crypto.ec,jdk.incubator.vector,jdk.jfr,jdk.management,jdk.unsupported \
      --compress 2 --no-header-files --no-man-pages --output /opt/jre \
    && /opt/jre/bin/java -Xshare:dump
COPY . .
# Libraries are kept from one build to the next.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -q -ntp -B -Pdist -pl dist -am -Dmaven.test.skip -Dquick -Dcordee.commit="$COMMIT" package \
    && mkdir /opt/cordee \
    && tar xzf "dist/target/cordee-$VERSION.tar.gz" -C /opt/cordee --strip-components=1

FROM debian:trixie-slim
ARG VERSION=0.1.0-SNAPSHOT
LABEL org.opencontainers.image.title="Cordee" \
      org.opencontainers.image.description="A parameter server that trains neural networks across processes and machines, exactly." \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV JAVA_HOME=/opt/jre LANG=C.UTF-8
COPY --from=build /opt/jre /opt/jre
COPY --from=build /opt/cordee /opt/cordee
# The first training writes the class archive that later calls start from.
RUN ln -s /opt/cordee/bin/cordee /usr/local/bin/cordee \
    && cordee train --in-process --quiet --rounds 1 --out /tmp/run && rm -r /tmp/run \
    && install -d -o 1000 -g 1000 /cordee /cordee/runs /cordee/data
WORKDIR /cordee
USER 1000:1000
# A server is healthy once it listens, not counting Docker's own resolver; whatever else there is, while it runs. Compose and
# Kubernetes, which know address and certificates, ask the server itself: cordee health.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ! grep -qzx server /proc/1/cmdline || cat /proc/net/tcp* | awk '$4 == "0A" && $2 !~ /^0B00007F:/ { n++ } END { exit !n }'
ENTRYPOINT ["cordee"]
CMD ["--help"]
